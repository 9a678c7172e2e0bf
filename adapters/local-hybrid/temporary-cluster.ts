import { join } from 'node:path';
import type { ScratchNeed } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { interruption } from '../../src/errors.ts';
import { hostProgram } from '../../src/host-program.ts';
import { type ScratchAddress, scratchReady } from '../../src/postgres/scratch-ready.ts';
import { scratchCommand } from '../../src/postgres/scratch-script.ts';
import { scratchSettings } from '../../src/postgres/scratch-settings.ts';
import {
  clearLeftFolders,
  removeScratchFolder,
  scratchBases,
  scratchFolderName,
} from '../../src/scratch-folder.ts';
import { hostInstallHint } from './install-hint.ts';
import type { Installation } from './installations.ts';
import { endPostmaster } from './postmaster.ts';
import { scratchUser } from './scratch-user.ts';

export interface TemporaryCluster extends ScratchAddress {
  /** Ends the server and removes its folder. */
  end(): Promise<void>;
}

/** How long the script may take to end its server and remove its folder before we do it. */
const patience = 30_000; // milliseconds

/** Makes a cluster of its own and starts a server in it; first clears away what dead runs have left. */
export async function temporaryCluster(
  programs: Installation,
  need: ScratchNeed,
  run: RunContext,
): Promise<TemporaryCluster> {
  const user = await scratchUser();
  const bases = scratchBases(run);
  // Its server may still run.
  const clear = (folder: string) =>
    removeScratchFolder(folder, user?.uid, () => endPostmaster(join(folder, 'data')));
  await clearLeftFolders('scratch', bases, clear);
  const name = await scratchFolderName('scratch');
  const told = { name, bases, least: 0, clients: 0, programs: programs.directory };
  const command = scratchCommand({ ...told, settings: scratchSettings(need.settings) });
  const start = await hostProgram();
  if (run.signal.aborted) throw interruption(run.signal);
  const script = start('/bin/sh', command, {
    // A server's environment can be read by whoever may run a program in it, and ours may hold passwords.
    env: kept(run.env),
    extendEnv: false,
    cwd: '/',
    stdin: 'pipe',
    buffer: false,
    // Ctrl-C is for us: the script ends when we have said so.
    detached: true,
    ...user,
  });
  let words = '';
  script.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4096);
  });
  script.stdin.on('error', () => undefined);
  const endInput = () => script.stdin.end();
  run.signal.addEventListener('abort', endInput);

  const end = async () => {
    run.signal.removeEventListener('abort', endInput);
    endInput();
    const timer = setTimeout(() => script.kill('SIGKILL'), patience);
    await script;
    clearTimeout(timer);
    // Somebody may have killed the script.
    for (const base of bases) await clear(join(base, name));
  };
  const failed = async () => {
    const { originalMessage } = await script;
    return words || (originalMessage ?? '');
  };
  const install = hostInstallHint('server', programs.version.major);
  try {
    const origin = { where: `from ${programs.directory}`, install, least: undefined };
    const address = await scratchReady(script.stdout, failed, origin);
    if (run.signal.aborted) throw interruption(run.signal);
    return { ...address, end };
  } catch (error) {
    await end();
    throw run.signal.aborted ? interruption(run.signal) : error;
  } finally {
    run.signal.removeEventListener('abort', endInput);
  }
}

function kept(env: RunContext['env']): Record<string, string> {
  const names = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'];
  return Object.fromEntries(names.flatMap(name => (env[name] ? [[name, env[name]]] : [])));
}
