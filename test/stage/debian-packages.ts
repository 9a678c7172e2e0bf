import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runProgram } from './run-program.ts';

/** Installs Debian packages. Rejects with what to do by hand where that is not possible. */
export async function installPackages(names: readonly string[], purpose: string): Promise<void> {
  const byHand = `${purpose} needs these packages: ${names.join(' ')}. Install them and run the tests again.`;
  if (process.getuid?.() !== 0 || !findProgram('apt-get')) throw new Error(byHand);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  const install = ['apt-get', ...wait, 'install', '-y', '--no-install-recommends', ...names];
  const first = await runProgram(install, { env });
  if (first.exitCode === 0) return;
  // The package lists of a fresh machine are missing or too old.
  await runProgram(['apt-get', ...wait, 'update'], { env });
  const second = await runProgram(install, { env });
  if (second.exitCode !== 0) throw new Error(`${byHand}\napt-get said: ${second.stderr}`);
}

/** Where a program is in PATH, or in the folders that only root's PATH has. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map(folder => join(folder, name)).find(existsSync);
}
