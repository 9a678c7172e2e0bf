import { readdir, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { RunContext } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { lifeOf, processIdentity } from '../../src/process-identity.ts';

const form = /^db-orchestrate-(\w+-\d+-\w+|unknown)-\w+\.lock$/;

/**
 * Takes the folder for this run: PGlite itself lets a second process in, which ruins the database. Of two that come at the
 * same moment both may be refused. What dead runs have left is removed. Rejects with `locked`, naming who has it.
 */
export async function lockFolder(folder: string, run: RunContext): Promise<() => Promise<void>> {
  const own = `db-orchestrate-${(await processIdentity()) ?? 'unknown'}-${run.id}.lock`;
  await writeFile(join(folder, own), '', { flag: 'wx', mode: 0o600 });
  const unlock = () => rm(join(folder, own), { force: true });
  try {
    for (const name of await readdir(folder)) {
      const identity = form.exec(name)?.[1];
      if (identity === undefined || name === own) continue;
      const life = await lifeOf(identity);
      if (life !== 'dead')
        throw locked(
          folder,
          life === 'alive'
            ? `a run of this tool, process ${identity.split('-')[1]}`
            : `a run on another machine or in a container, as ${name} says; remove that file if it has ended`,
        );
      await rm(join(folder, name), { force: true });
    }
    const user = await processThatHas(await realpath(folder));
    if (user !== undefined) throw locked(folder, `process ${user}`);
    return unlock;
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Whoever has a file of the folder open, this process included, as far as we may look: PGlite keeps some open. Linux only. */
async function processThatHas(folder: string): Promise<string | undefined> {
  const processes = (await readdir('/proc').catch(() => [])).filter(name => /^\d+$/.test(name));
  for (const pid of processes) {
    for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const path = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (path.startsWith(folder + sep)) return pid;
    }
  }
  return undefined;
}

function locked(folder: string, who: string): OrchestrateError {
  return new OrchestrateError('locked', `the PGlite folder ${folder} is open in ${who}`, {
    hint: 'Close the database there, then run the command again: a folder of PGlite takes one process at a time.',
  });
}
