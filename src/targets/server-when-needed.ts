import type { Target } from '../config/config.ts';
import type { Server } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { openTarget } from './open-target.ts';

/** A target's server, reached when it is first asked for: a bad file is refused also where no server runs. */
export interface ServerWhenNeeded {
  /** Rejects as the adapter's `open` does. */
  open(): Promise<Server>;
  close(): Promise<void>;
}

export function serverWhenNeeded(target: Target, run: RunContext): ServerWhenNeeded {
  let opening: Promise<Server> | undefined;
  return {
    open() {
      opening ??= openTarget(target, run);
      return opening;
    },
    async close() {
      const server = await opening?.catch(() => undefined);
      await server?.close();
    },
  };
}
