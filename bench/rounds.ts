import { type Measurement, measure } from './measure.ts';
import type { Scene } from './scene.ts';
import { type Made, type Work, type WorkName, works } from './works.ts';

/** All measurements of one work. */
export interface Taken {
  readonly work: WorkName;
  readonly runs: (Omit<Measurement, 'stdout' | 'peak'> & Made)[];
  /** The most bytes that its processes had resident together, in the first round only: to look takes time from what is timed. */
  peak?: number;
  /** Why there are no more. */
  failed?: string;
}

export interface RoundsRequest {
  readonly names: readonly WorkName[];
  readonly repeat: number;
  /** Once before, of which only the memory counts. */
  readonly warmUp: boolean;
  tell(line: string): void;
  /** Throws when there is to be no more work. */
  goOn(): void;
}

const quickRounds = 20;

/** Takes turns: in each round every work once, so that what slows the machine down for a while meets all of them. */
export async function measureInRounds(scene: Scene, request: RoundsRequest): Promise<Taken[]> {
  const taken = request.names.map((work): Taken => ({ work, runs: [] }));
  const isQuick = ({ work }: Taken) => (works[work] as Work).quick === true;
  const slow = taken.filter(one => !isQuick(one));
  const quick = taken.filter(isQuick);
  const firstRound = request.warmUp ? 0 : 1;
  for (let round = firstRound; round <= request.repeat; round++) {
    for (const one of slow) await take(one, round);
  }
  for (let round = 0; round <= quickRounds; round++) for (const one of quick) await take(one, round);
  return taken;

  async function take(one: Taken, round: number): Promise<void> {
    const work: Work = works[one.work];
    if (one.failed !== undefined || (round === 0 && work.warmUp === false)) return;
    request.goOn();
    try {
      const command = await work.prepare(scene);
      if (!work.quick) await scene.settle();
      const watch = round === firstRound && !work.quick;
      const measured = await measure(command, { watch });
      const made = (await work.after?.(scene, measured)) ?? {};
      const { stdout: _, peak, ...numbers } = measured;
      if (watch) one.peak = peak;
      if (round > 0) one.runs.push({ ...numbers, ...made });
      const turn = round === 0 ? 'warm-up' : `${round} of ${request.repeat}`;
      if (!work.quick) request.tell(`${turn}: ${work.does}: ${measured.wall.toFixed(2)} s`);
    } catch (error) {
      request.goOn();
      one.failed = (error as Error).message;
      request.tell(`FAILED: ${work.does}: ${one.failed}`);
    }
  }
}
