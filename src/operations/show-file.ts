import type { Config } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { selectTarget } from '../targets/select-targets.ts';
import { type ServerWhenNeeded, serverWhenNeeded } from '../targets/server-when-needed.ts';
import { type CheckedFile, checkFirstWhole } from './file/check-file.ts';
import { type ChosenFile, chooseBackup, isPath } from './file/choose-backup.ts';

/**
 * Reads a whole backup and hands it on. A server is reached only for an archive, and no target is needed for a path or
 * where none is configured. Rejects with `usage`, with `bad-file`, and for archives as the adapter's `open` does.
 */
export async function withShownFile<Result>(
  typed: string,
  target: string | undefined,
  config: Config,
  run: RunContext,
  work: (file: CheckedFile, chosen: ChosenFile) => Promise<Result>,
): Promise<Result> {
  const needsNone = target === undefined && (isPath(typed) || config.targets.length === 0);
  const name = needsNone ? undefined : selectTarget(config, target).name;
  const files = await chooseBackup(typed, name, config, run);
  let reach: ServerWhenNeeded | undefined;
  const open = async () => {
    reach ??= serverWhenNeeded(selectTarget(config, target), run);
    return reach.open();
  };
  try {
    const file = await checkFirstWhole(files, run, config.targets.length === 0 ? undefined : open);
    return await work(file, files.find(({ path }) => path === file.path)!);
  } finally {
    await reach?.close();
  }
}
