import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { suitePrograms } from './debian-suite.ts';
import { docker } from './docker.ts';
import { hostPrograms } from './host-programs.ts';
import { layImageTree } from './image-tree.ts';
import type { Engine, Image, Part } from './part.ts';
import { mustRun } from './run-program.ts';

/** The image of this machine's own PostgreSQL. */
export async function hostImage(engine: Engine): Promise<Part<Image>> {
  const { major } = await hostPrograms();
  return makeImage(engine, '/', major);
}

/** The image of another Debian release's PostgreSQL. */
export async function suiteImage(engine: Engine, suite: string, major: number): Promise<Part<Image>> {
  const { root } = engine.own ? await suitePrograms(suite, major) : { root: '/' };
  return makeImage(engine, root, major);
}

async function makeImage(engine: Engine, root: string, major: number): Promise<Part<Image>> {
  // With somebody else's engine this machine is no Debian with root, and that engine has a registry.
  const name = engine.own ? `postgres-test:${major}` : `postgres:${major}`;
  const part = { details: { major, name }, stop: async () => {} };
  if (!engine.own) {
    await mustRun(docker(engine, 'pull', '-q', name));
    return part;
  }
  const archive = await imageArchive(root, major);
  const changes = [
    `ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/lib/postgresql/${major}/bin`,
    'ENV LANG=C.UTF-8',
    'ENV PGDATA=/var/lib/postgresql/data',
    'VOLUME /var/lib/postgresql/data',
    'EXPOSE 5432',
    'ENTRYPOINT ["docker-entrypoint.sh"]',
    'CMD ["postgres"]',
  ].flatMap(change => ['--change', change]);
  await mustRun(docker(engine, 'import', ...changes, archive, name));
  return part;
}

/** The archive of the root file system, made anew when PostgreSQL or the recipe has changed. */
async function imageArchive(root: string, major: number): Promise<string> {
  const recipe = createHash('md5');
  for (const file of ['docker-entrypoint.sh', 'furnish-tree.ts', 'image-tree.ts']) {
    recipe.update(readFileSync(join(import.meta.dirname, file)));
  }
  const postgres = join(root, 'usr/lib/postgresql', String(major), 'bin/postgres');
  recipe.update((await mustRun([postgres, '--version'])).stdout);
  const folder = await cached(`image-${major}-${recipe.digest('hex').slice(0, 8)}`, async unfinished => {
    const tree = join(unfinished, 'tree');
    mkdirSync(tree);
    await layImageTree(root, major, tree);
    await mustRun(['tar', '-C', tree, '-cf', join(unfinished, 'image.tar'), '.']);
    rmSync(tree, { recursive: true });
  });
  return join(folder, 'image.tar');
}
