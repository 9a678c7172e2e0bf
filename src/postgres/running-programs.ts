import type { ClientProcess, Spawn } from '../contract/adapter.ts';

/** The client programs that run now, through whatever adapter they were started. */
export interface RunningPrograms {
  /** The same spawn, but what it starts ends with the run. */
  watched(spawn: Spawn): Spawn;
  /** Ends what runs, and what was still being started. */
  end(): Promise<void>;
}

/** An interruption ends the programs that run; those that are started after it clean up, and are let be. */
export function runningPrograms(signal: AbortSignal): RunningPrograms {
  const running = new Set<ClientProcess>();
  let closed = false;
  return {
    watched: spawn => async call => {
      const cleansUp = signal.aborted;
      const program = await spawn(call);
      const kill = () => program.kill();
      const ended = () => {
        running.delete(program);
        signal.removeEventListener('abort', kill);
      };
      running.add(program);
      signal.addEventListener('abort', kill);
      program.done.then(ended, ended);
      // What was being started when the run was interrupted or the server closed has heard of neither.
      if (closed || (signal.aborted && !cleansUp)) program.kill();
      return program;
    },
    async end() {
      closed = true;
      const programs = [...running];
      for (const program of programs) program.kill();
      await Promise.allSettled(programs.map(program => program.done));
    },
  };
}
