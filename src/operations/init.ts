import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configPlaceIn } from '../config/find-config.ts';
import { configText } from '../config/init/config-text.ts';
import { makefileAddition } from '../config/init/makefile.ts';
import { propose } from '../config/init/propose.ts';
import { foldersUpToRoot } from '../config/project-root.ts';
import type { Adapter } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { withRunning } from './propose-running.ts';

/** What init would write. */
export interface InitPlan {
  readonly files: readonly PlannedFile[];
}

interface PlannedFile {
  readonly path: string;
  /** Of the whole file, or what is appended. */
  readonly text: string;
  readonly isNew: boolean;
}

/** Finds out what a configuration here would say. Rejects with `usage` when there is one already; nothing is written. */
export async function planInit(
  { makefile, adapters }: { makefile: boolean; adapters: readonly Adapter[] },
  run: RunContext,
): Promise<InitPlan> {
  const existing = await configPlaceIn(run.cwd);
  if (existing !== undefined && !makefile) throw isThere(existing);
  await tellOfOuter(run);
  const config =
    existing === undefined
      ? [
          {
            path: join(run.cwd, 'backup.config.ts'),
            text: configText(await withRunning(await propose(run), adapters, run)),
            isNew: true,
          },
        ]
      : [];
  const addition = makefile ? await readMakefile(run) : undefined;
  if (existing !== undefined && !addition?.text) throw isThere(existing);
  const lines = addition?.text
    ? [{ path: addition.file, text: addition.text, isNew: addition.before === '' }]
    : [];
  return { files: [...config, ...lines] };
}

/** Here the nearer one counts, elsewhere in the project the other. */
async function tellOfOuter(run: RunContext): Promise<void> {
  for (const folder of foldersUpToRoot(run.cwd, run.env.HOME)) {
    const outer = folder === run.cwd ? undefined : await configPlaceIn(folder);
    if (outer !== undefined)
      run.emit({
        type: 'notice',
        message: `until now ${outer} counts here, too; the new file takes its place`,
      });
  }
}

/** A file that has appeared meanwhile is not overwritten either. */
export async function writeInit({ files }: InitPlan): Promise<void> {
  for (const { path, text, isNew } of files) {
    try {
      if (isNew) await writeFile(path, text, { flag: 'wx' });
      else await appendFile(path, text);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw isThere(path);
      throw notWritten(path, error as Error);
    }
  }
}

/** Where nobody can be asked, and nobody said yes. */
export function refuseUnasked({ files }: InitPlan): OrchestrateError {
  return new OrchestrateError('refused', 'nothing was written, since there is no terminal to ask on', {
    hint: 'Write what is shown with: db-orchestrate init --yes',
    document: { files: files.map(({ path, text }) => ({ path, text })) },
  });
}

async function readMakefile(run: RunContext) {
  try {
    return await makefileAddition(run.cwd);
  } catch (error) {
    throw notWritten(join(run.cwd, 'Makefile'), error as Error);
  }
}

function isThere(path: string): OrchestrateError {
  return new OrchestrateError('usage', `there is a configuration already: ${path}`, {
    hint: 'See what it reaches with: db-orchestrate doctor. To have another one proposed, move it away first.',
  });
}

function notWritten(path: string, cause: Error): OrchestrateError {
  return new OrchestrateError('usage', `${path} cannot be written: ${cause.message}`, {
    cause,
    hint: 'Run the command in a folder that you may write in.',
  });
}
