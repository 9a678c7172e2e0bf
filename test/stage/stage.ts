import { afterFile } from './after-file.ts';
import { askForPart } from './control.ts';
import { createParts, type Details, type Parts } from './parts.ts';
import { clearStageFolder, makeStageFolder } from './stage-folder.ts';

/**
 * A part of the stage: the runner's, which all test files share, or, in a file that was started without the
 * runner, one of its own.
 */
export async function stage<Name extends keyof Details>(name: Name): Promise<Details[Name]> {
  const folder = process.env.DBO_STAGE;
  if (folder && !own) return askForPart(folder, name);
  own ??= startOwn();
  return (await own).get(name);
}

/** The folder of the run: for what a file makes by itself and the runner clears should the file not. */
export async function stageFolder(): Promise<string> {
  if (!process.env.DBO_STAGE) {
    own ??= startOwn();
    await own;
  }
  return process.env.DBO_STAGE ?? '';
}

let own: Promise<Parts> | undefined;

async function startOwn(): Promise<Parts> {
  const folder = await makeStageFolder();
  process.env.DBO_STAGE = folder;
  const parts = createParts(folder);
  const stop = async () => {
    await parts.stop();
    await clearStageFolder(folder);
  };
  afterFile(stop);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop().finally(() => process.exit(1)));
  }
  return parts;
}
