import type Docker from 'dockerode';
import { OrchestrateError } from '../../src/errors.ts';
import { type Connection, fromEngine, statusOf } from './connect.ts';
import { nameOf } from './place.ts';

/** What a throwaway container takes over from a container. */
export interface ScratchSource {
  readonly container: string;
  /** The id: a tag may by now mean another image. */
  readonly image: string;
  /** Never root, whom PostgreSQL refuses. */
  readonly user: string;
  /** Of the image; what the container itself was given, its passwords among it, stays there. */
  readonly env: readonly string[];
  /** Where the image has room for data, the best place first. */
  readonly folders: readonly string[];
  /** Bytes of /dev/shm, which parallel queries need. */
  readonly shmSize: number | undefined;
}

/** Rejects with `no-client` when the container's image is gone. */
export async function sourceOf(
  connection: Connection,
  found: Docker.ContainerInspectInfo,
): Promise<ScratchSource> {
  const container = nameOf(found.Name);
  const { Config } = await connection.docker
    .getImage(found.Image)
    .inspect()
    .catch(error => {
      if (statusOf(error) !== 404) return fromEngine(connection)(error);
      throw imageGone(container, found);
    });
  const env = Config.Env ?? [];
  const data = env.find(entry => entry.startsWith('PGDATA='))?.slice('PGDATA='.length);
  const volumes = Object.keys(Config.Volumes ?? {}).filter(volume => data?.startsWith(`${volume}/`));
  const usual = ['/var/lib/postgresql/data', '/var/lib/postgresql', '/tmp'];
  return {
    container,
    image: found.Image,
    user: /^(root|0)?(:|$)/.test(Config.User ?? '') ? 'postgres' : Config.User,
    env,
    folders: [...(data ? [data] : []), ...volumes, ...usual],
    shmSize: found.HostConfig.ShmSize,
  };
}

function imageGone(container: string, { Config, Image }: Docker.ContainerInspectInfo): OrchestrateError {
  return new OrchestrateError(
    'no-client',
    `the image of container ${container} is gone, so no throwaway server can be made of it`,
    { hint: `Bring it back with: docker pull ${Config.Image || Image}` },
  );
}
