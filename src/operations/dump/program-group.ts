import type { ClientProcess } from '../../contract/adapter.ts';

/** Programs of which none is to go on when one has failed. */
export interface ProgramGroup {
  started(starting: Promise<ClientProcess>): Promise<ClientProcess>;
  /** Ends those that run, and those that are still being started; what it is called for first is what failed. */
  kill(reason: unknown): void;
  readonly failure: unknown;
}

export function programGroup(): ProgramGroup {
  const programs: ClientProcess[] = [];
  let failed: { readonly reason: unknown } | undefined;
  return {
    async started(starting) {
      const program = await starting;
      programs.push(program);
      if (failed) program.kill();
      return program;
    },
    kill(reason) {
      failed ??= { reason };
      for (const program of programs) program.kill();
    },
    get failure() {
      return failed?.reason;
    },
  };
}
