import { isDeepStrictEqual } from 'node:util';
import type { Manifest } from '../../catalog/manifest.ts';
import type { Target } from '../../config/config.ts';
import type { ScratchNeed, Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { openScratchServer } from '../../targets/open-target.ts';
import { recordedOrigin, scratchNeed } from './scratch-need.ts';

/** A scratch server that is started while the file is still being read. */
export interface ScratchAhead {
  /** Hands it over when it is of that kind; undefined when it is not. Rejects as starting one does. */
  take(need: ScratchNeed): Promise<Server | undefined>;
  /** Removes it, unless somebody has taken it. */
  close(): Promise<void>;
}

/** Starts one as the manifest wants it; undefined where it does not tell enough. */
export function scratchAhead(
  manifest: Manifest | undefined,
  target: Target,
  open: () => Promise<Server>,
  run: RunContext,
): ScratchAhead | undefined {
  if (!manifest?.serverSettings || target.scratch === 'same-server') return undefined;
  const starting = scratchNeed(recordedOrigin(manifest), open).then(async need => ({
    need,
    server: await openScratchServer(target, need, run),
  }));
  starting.catch(() => undefined); // told when it is taken
  let taken = false;
  return {
    async take(wanted) {
      const { need, server } = await starting;
      if (!isDeepStrictEqual(need, wanted)) return undefined;
      taken = true;
      return server;
    },
    async close() {
      if (taken) return;
      const started = await starting.catch(() => undefined);
      await started?.server?.close();
    },
  };
}
