import type { ClientProcess } from '../../contract/adapter.ts';

/** Programs of which none is to go on when one has failed. */
export interface ProgramGroup {
  started(starting: Promise<ClientProcess>): Promise<ClientProcess>;
  /** Those that run, and those that are still being started. */
  kill(): void;
}

export function programGroup(): ProgramGroup {
  const programs: ClientProcess[] = [];
  let killed = false;
  return {
    async started(starting) {
      const program = await starting;
      programs.push(program);
      if (killed) program.kill();
      return program;
    },
    kill() {
      killed = true;
      for (const program of programs) program.kill();
    },
  };
}
