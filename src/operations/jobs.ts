import { availableParallelism } from 'node:os';
import type { Target } from '../config/config.ts';

/** How many sessions dump or load side by side: as configured, else as many as there are processors. */
export function jobsOf({ jobs }: Pick<Target, 'jobs'>): number {
  return jobs ?? Math.min(8, availableParallelism());
}
