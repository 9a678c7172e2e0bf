import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a root file system has besides programs: users, folders, the entry point. */
export function furnishTree(tree: string): void {
  for (const path of [
    'etc',
    'root',
    'tmp',
    'run/postgresql',
    'var/lib/postgresql',
    'docker-entrypoint-initdb.d',
    'usr/local/bin',
  ]) {
    mkdirSync(join(tree, path), { recursive: true });
  }
  chmodSync(join(tree, 'tmp'), 0o1777);
  chmodSync(join(tree, 'run/postgresql'), 0o3777);
  symlinkSync('../run', join(tree, 'var/run'));
  writeFileSync(
    join(tree, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/bash\npostgres:x:999:999::/var/lib/postgresql:/bin/bash\n',
  );
  writeFileSync(join(tree, 'etc/group'), 'root:x:0:\npostgres:x:999:\n');
  const entrypoint = join(tree, 'usr/local/bin/docker-entrypoint.sh');
  copyFileSync(join(import.meta.dirname, 'docker-entrypoint.sh'), entrypoint);
  chmodSync(entrypoint, 0o755);
}
