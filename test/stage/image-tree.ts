import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { furnishTree } from './furnish-tree.ts';
import { mustRun, runProgram } from './run-program.ts';

const everyday =
  'bash dash gzip gunzip zcat sed grep setpriv kill ps cat chgrp chmod chown cp cut date dd df du echo env expr ' +
  'false head id ln ls mkdir mkfifo mktemp mv nice nohup od printenv printf pwd readlink realpath rm rmdir seq ' +
  'sha256sum sleep sort split stat sync tail tee test timeout touch tr true tty uname uniq wc whoami yes stdbuf';

/**
 * Lays out a container's root file system in the empty folder `tree`: PostgreSQL as found below `root`, the
 * libraries it is linked with, a shell and everyday programs.
 */
export async function layImageTree(root: string, major: number, tree: string): Promise<void> {
  const home = join(root, 'usr/lib/postgresql', String(major));
  const wrapped = existsSync(join(home, 'programs'));
  const programs = globSync(join(home, wrapped ? 'programs/*' : 'bin/*'));
  if (programs.length === 0)
    throw new Error(`no PostgreSQL in ${home}: images are made of Debian's packages`);
  const modules = globSync(join(home, 'lib/*.so')).filter(path => !basename(path).startsWith('llvmjit'));
  const commands = everyday.split(' ').flatMap(name => globSync(join(root, 'usr/bin', name)));
  const linked = await libraries(root, [...programs, ...modules, ...commands]);
  const share = [
    'usr/libexec/coreutils/*',
    'usr/share/postgresql/*',
    'usr/share/zoneinfo/*',
    'usr/lib/locale/C.utf8',
  ];
  const paths = [...modules, ...commands, ...linked, ...globSync(share.map(pattern => join(root, pattern)))];
  await copyFollowingLinks(root, paths, tree);

  const bin = join(tree, 'usr/lib/postgresql', String(major), 'bin');
  mkdirSync(bin, { recursive: true });
  for (const path of programs) copyFileSync(realpathSync(path), join(bin, basename(path)));
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(tree, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(tree, name));
  }
  symlinkSync('bash', join(tree, 'usr/bin/sh'));
  furnishTree(tree);
}

async function copyFollowingLinks(root: string, paths: string[], tree: string): Promise<void> {
  const names = paths.map(path => {
    // Debian's /lib is a link to /usr/lib: one place for both.
    return relative(root, path).replace(/^(lib|lib64|bin|sbin)\//, 'usr/$1/');
  });
  const [list, archive] = [`${tree}.list`, `${tree}.tar`];
  writeFileSync(list, [...new Set(names)].join('\n'));
  const skip = ['--exclude=zoneinfo/right', '--exclude=zoneinfo/posix'];
  await mustRun(['tar', '-C', root, '-chf', archive, ...skip, '-T', list]);
  await mustRun(['tar', '-C', tree, '-xf', archive]);
  for (const path of [list, archive]) rmSync(path);
}

/** Paths of all shared libraries that the files need, and of the loader. */
async function libraries(root: string, files: string[]): Promise<string[]> {
  const loader = globSync(['lib64/ld-linux-*', 'lib/ld-linux-*'].map(pattern => join(root, pattern)))[0];
  if (!loader) throw new Error(`no dynamic loader below ${root}`);
  const search =
    root !== '/' ? ['--library-path', globSync(join(root, 'usr/lib/*-linux-gnu*')).join(':')] : [];
  const lists = await Promise.all(files.map(file => runProgram([loader, ...search, '--list', file])));
  const found = lists.flatMap(list =>
    [...list.stdout.matchAll(/=> (\/\S+)/g)].map(match => match[1] as string),
  );
  return [loader, ...new Set(found)];
}
