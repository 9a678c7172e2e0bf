import {
  chmodSync,
  globSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { debianMirror } from './debian-mirror.ts';
import type { PgPrograms } from './part.ts';
import { mustRun } from './run-program.ts';

/** What a container image is made of besides PostgreSQL. */
const tools = ['bash', 'dash', 'coreutils', 'gzip', 'sed', 'grep', 'util-linux'];

/** PostgreSQL's programs of another Debian release, beside this machine's own and without installing anything. */
export async function suitePrograms(suite: string, major: number): Promise<PgPrograms & { root: string }> {
  const root = await cached(`postgres-${major}`, async folder => {
    await unpack(suite, [`postgresql-${major}`, ...tools], folder);
    wrapPrograms(folder, major);
  });
  return { major, root, binDirectory: join(root, 'usr/lib/postgresql', String(major), 'bin') };
}

/** apt with folders of its own resolves and fetches; dpkg-deb unpacks without running any package's scripts. */
async function unpack(suite: string, packages: string[], root: string): Promise<void> {
  const apt = join(root, '.apt');
  for (const folder of ['lists/partial', 'archives/partial'])
    mkdirSync(join(apt, folder), { recursive: true });
  writeFileSync(join(apt, 'status'), '');
  const key = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(join(apt, 'sources.list'), `deb [signed-by=${key}] ${debianMirror()} ${suite} main\n`);
  const options = {
    'Dir::State': apt,
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::State::status': join(apt, 'status'),
    'Dir::Cache': apt,
    'Dir::Cache::archives': join(apt, 'archives'),
    'Dir::Etc::sourcelist': join(apt, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    // The unprivileged user that apt downloads as may not be able to reach the cache folder.
    'APT::Sandbox::User': 'root',
    'APT::Install-Recommends': 'false',
    'Acquire::Languages': 'none',
  };
  const aptGet = [
    'apt-get',
    '-q',
    ...Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
  ];
  await mustRun([...aptGet, 'update']);
  await mustRun([...aptGet, '-y', '--download-only', 'install', ...packages]);
  // Debian's folders /bin and /lib are links into /usr; the package that brings them may unpack last.
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(root, name));
  }
  for (const deb of globSync(join(apt, 'archives/*.deb'))) await mustRun(['dpkg-deb', '-x', deb, root]);
  rmSync(apt, { recursive: true });
  // JIT's compiler is a third of the size, and PostgreSQL does without.
  for (const path of globSync(
    ['usr/lib/*/libLLVM*', 'usr/lib/postgresql/*/lib/{llvmjit*,bitcode}', 'usr/share/{doc,man,locale}'],
    { cwd: root },
  )) {
    rmSync(join(root, path), { recursive: true });
  }
}

/** The programs need their own C library. Called through its loader they run as they are, and find their files. */
function wrapPrograms(root: string, major: number): void {
  const home = join(root, 'usr/lib/postgresql', String(major));
  const loader = globSync(['lib64/ld-linux-*', 'lib/ld-linux-*'], { cwd: root })[0];
  const libraries = globSync('usr/lib/*-linux-gnu*', { cwd: root })[0];
  renameSync(join(home, 'bin'), join(home, 'programs'));
  mkdirSync(join(home, 'bin'));
  for (const name of readdirSync(join(home, 'programs'))) {
    const lines = [
      '#!/bin/sh',
      'here=${0%/*}',
      'root=$here/../../../../..',
      `exec "$root/${loader}" --library-path "$root/${libraries}" --argv0 "$0" "$here/../programs/${name}" "$@"`,
    ];
    writeFileSync(join(home, 'bin', name), `${lines.join('\n')}\n`);
    chmodSync(join(home, 'bin', name), 0o755);
  }
}
