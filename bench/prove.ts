import { measure } from './measure.ts';
import { quote } from './quote.ts';
import type { Taken } from './rounds.ts';
import type { Scene } from './scene.ts';

export interface Proved {
  readonly backup: string;
  readonly proven: boolean;
  readonly tables?: number;
  /** Why it is not proven. */
  readonly problem?: string;
}

/** Proves every backup whose making was measured. */
export async function prove(scene: Scene, taken: readonly Taken[], goOn: () => void): Promise<Proved[]> {
  const proved: Proved[] = [];
  for (const backup of taken.flatMap(({ runs }) => runs).flatMap(run => run.backup ?? [])) {
    goOn();
    try {
      const { stdout } = await measure(scene.ours(`verify ${quote(backup)} --json`), { watch: false });
      const { proven, tables } = JSON.parse(stdout);
      proved.push({ backup, proven, tables: tables.length });
    } catch (error) {
      goOn();
      proved.push({ backup, proven: false, problem: (error as Error).message });
    }
  }
  return proved;
}
