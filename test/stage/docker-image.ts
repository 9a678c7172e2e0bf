import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suitePrograms } from './debian-suite.ts';
import { docker } from './docker.ts';
import { hostPrograms } from './host-programs.ts';
import { layImageTree } from './image-tree.ts';
import type { Engine, Image, Part } from './part.ts';
import { mustRun } from './run-program.ts';

/** The image of this machine's own PostgreSQL. */
export async function hostImage(engine: Engine, folder: string): Promise<Part<Image>> {
  const { major } = await hostPrograms();
  return makeImage(engine, '/', major, folder);
}

/** The image of another Debian release's PostgreSQL. */
export async function suiteImage(
  engine: Engine,
  suite: string,
  major: number,
  folder: string,
): Promise<Part<Image>> {
  const { root } = engine.own ? await suitePrograms(suite, major) : { root: '/' };
  return makeImage(engine, root, major, folder);
}

async function makeImage(engine: Engine, root: string, major: number, folder: string): Promise<Part<Image>> {
  // With somebody else's engine this machine is no Debian with root, and that engine has a registry.
  const name = engine.own ? `postgres-test:${major}` : `postgres:${major}`;
  const part = { details: { major, name }, stop: async () => {} };
  if (!engine.own) {
    await mustRun(docker(engine, 'pull', '-q', name));
    return part;
  }
  const tree = join(folder, `tree-${major}`);
  mkdirSync(tree, { recursive: true });
  await layImageTree(root, major, tree);
  await mustRun(['tar', '-C', tree, '-cf', `${tree}.tar`, '.']);
  const changes = [
    `ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/lib/postgresql/${major}/bin`,
    'ENV LANG=C.UTF-8',
    'ENV PGDATA=/var/lib/postgresql/data',
    'VOLUME /var/lib/postgresql/data',
    'EXPOSE 5432',
    'ENTRYPOINT ["docker-entrypoint.sh"]',
    'CMD ["postgres"]',
  ].flatMap(change => ['--change', change]);
  await mustRun(docker(engine, 'import', ...changes, `${tree}.tar`, name));
  for (const path of [tree, `${tree}.tar`]) rmSync(path, { recursive: true });
  return part;
}
