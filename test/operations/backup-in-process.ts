import { randomBytes } from 'node:crypto';
import { localHybrid } from '../../adapters/local-hybrid/adapter.ts';
import type { Target } from '../../src/config/config.ts';
import type { RunContext, RunEvent } from '../../src/contract/run-context.ts';
import { cleanEnv } from '../stage/cli.ts';

/** A run as the edge would make it, without a process of its own; `events` are what it told. */
export function testRun(
  cwd: string,
  given: Partial<RunContext> = {},
): RunContext & { readonly events: RunEvent[] } {
  const events: RunEvent[] = [];
  return {
    id: randomBytes(4).toString('hex'),
    signal: new AbortController().signal,
    now: () => new Date(),
    env: cleanEnv(),
    cwd,
    emit: event => events.push(event),
    ...given,
    events,
  };
}

export function localTarget(url: string, directory: string, options: object = {}): Target {
  return {
    name: 'local',
    adapter: localHybrid as Target['adapter'],
    options: { url, ...options },
    directory,
  };
}
