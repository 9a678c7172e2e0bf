import type { Config, Target, VerifyLevel } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { selectTarget } from '../targets/select-targets.ts';
import { type ChosenFile, chooseBackup, isPath } from './file/choose-backup.ts';

/**
 * One backup, and the target that it is proved like: the chosen one, else the one it is of, else the default one. A
 * file that is only read needs none. Rejects with `usage`.
 */
export async function chooseToVerify(
  typed: string,
  { target: name, level }: { target: string | undefined; level: VerifyLevel },
  config: Config,
  run: RunContext,
): Promise<{ chosen: ChosenFile; target: Target | undefined }> {
  const isChosen = name !== undefined;
  const needsNone = !isChosen && (isPath(typed) || config.targets.length === 0);
  const chosenTarget = needsNone ? undefined : selectTarget(config, name);
  // Of "latest" the very newest: one that is damaged is what a person wants to hear of.
  const [chosen] = await chooseBackup(typed, chosenTarget?.name, config, run);
  const madeFrom = config.targets.find(one => one.name === chosen!.backup?.target);
  const likely = isChosen ? chosenTarget : (madeFrom ?? chosenTarget);
  const mayLack = level === 'quick' || config.targets.length === 0;
  return { chosen: chosen!, target: likely ?? (mayLack ? undefined : selectTarget(config)) };
}
