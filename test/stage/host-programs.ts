import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, installPackages } from './debian-packages.ts';
import type { PgPrograms } from './part.ts';
import { runProgram } from './run-program.ts';

/** PostgreSQL's programs as this machine has them; installs Debian's when there are none. */
export async function hostPrograms(): Promise<PgPrograms> {
  const found = await installedPrograms();
  if (found) return found;
  await installPackages(['postgresql'], 'A PostgreSQL server to test against');
  const installed = await installedPrograms();
  if (!installed) throw new Error('postgresql was installed, but its initdb was not found');
  return installed;
}

/** Undefined when there are none. */
export async function installedPrograms(): Promise<PgPrograms | undefined> {
  const config = findProgram('pg_config');
  const told = config ? (await runProgram([config, '--bindir'])).stdout.trim() : '';
  const folders = [
    ...globSync(['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin', '/opt/homebrew/opt/postgresql@*/bin']),
    told,
  ].filter(folder => existsSync(join(folder, 'initdb')));
  const programs: PgPrograms[] = [];
  for (const binDirectory of folders) {
    const version = await runProgram([join(binDirectory, 'postgres'), '--version']);
    programs.push({ major: Number(/(\d+)/.exec(version.stdout)?.[1]), binDirectory });
  }
  // 15 first: tests of a server newer than the host's clients need a host that is older than 17.
  return programs.sort((a, b) => Number(b.major === 15) - Number(a.major === 15) || b.major - a.major)[0];
}
