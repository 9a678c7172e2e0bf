import type Docker from 'dockerode';
import type { ScratchNeed } from '../../src/contract/adapter.ts';
import { scratchCommand } from '../../src/postgres/scratch-script.ts';
import { scratchSettings } from '../../src/postgres/scratch-settings.ts';
import type { ScratchSource } from './scratch-source.ts';

/** What the engine is asked to make: a container that nobody else reaches and that goes when it ends. */
export function scratchRequest(
  source: ScratchSource,
  need: ScratchNeed,
  name: string,
  labels: Readonly<Record<string, string>>,
): Docker.ContainerCreateOptions {
  return {
    name,
    Image: source.image,
    // Not the image's own entry point, which would make a database of its own and run what is meant for that.
    Entrypoint: ['sh'],
    Cmd: scratchCommand({
      settings: scratchSettings(need.settings),
      name: 'db-orchestrate-scratch',
      least: need.serverMajor ?? 0,
      clients: need.dumpMajor ?? 0,
      programs: '',
      bases: source.folders,
    }),
    User: source.user,
    // A name alone takes the image's variable away: where its own server listens is of no use here.
    Env: source.env.map(entry => entry.split('=', 1)[0]!).filter(variable => /^PG(?!DATA$)/.test(variable)),
    Labels: { ...labels },
    Healthcheck: { Test: ['NONE'] },
    // The main process reads our end of its stdin: with us it goes, and with it the container.
    AttachStdin: true,
    OpenStdin: true,
    StdinOnce: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    HostConfig: {
      NetworkMode: 'none',
      AutoRemove: true,
      CapDrop: ['ALL'],
      LogConfig: { Type: 'none', Config: {} },
      ...(source.shmSize ? { ShmSize: source.shmSize } : {}),
    },
  };
}
