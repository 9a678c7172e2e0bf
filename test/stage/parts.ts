import { join } from 'node:path';
import { suitePrograms } from './debian-suite.ts';
import { startEngine } from './docker-engine.ts';
import { hostImage, suiteImage } from './docker-image.ts';
import { hostPrograms } from './host-programs.ts';
import type { Engine, Image, Part, PgPrograms, PgServer } from './part.ts';
import { startServer } from './postgres-server.ts';

/** What the tests can ask for, by name. */
export interface Details {
  hostServer: PgServer;
  server17: PgServer;
  programs17: PgPrograms;
  engine: Engine;
  hostImage: Image;
  image17: Image;
}

export interface Parts {
  /** Started when it is asked for the first time. */
  get<Name extends keyof Details>(name: Name): Promise<Details[Name]>;
  /** Stops all that was started. */
  stop(): Promise<void>;
}

export function createParts(folder: string): Parts {
  const asked = new Map<string, Promise<Part<unknown>>>();
  const started: Part<unknown>[] = [];
  const starters: { [Name in keyof Details]: () => Promise<Part<Details[Name]>> } = {
    hostServer: async () => startServer(await hostPrograms(), join(folder, 'host')),
    server17: async () => startServer(await get('programs17'), join(folder, 's17')),
    programs17: async () => ({ details: await suitePrograms('trixie', 17), stop: async () => {} }),
    engine: () => startEngine(join(folder, 'docker')),
    hostImage: async () => hostImage(await get('engine')),
    image17: async () => suiteImage(await get('engine'), 'trixie', 17),
  };

  async function get<Name extends keyof Details>(name: Name): Promise<Details[Name]> {
    if (!asked.has(name)) asked.set(name, start(name));
    return (await asked.get(name))?.details as Details[Name];
  }

  async function start(name: keyof Details): Promise<Part<unknown>> {
    const part: Part<unknown> = await starters[name]();
    started.push(part);
    return part;
  }

  async function stop(): Promise<void> {
    // What is still starting has to be there before it can be stopped.
    await Promise.allSettled(asked.values());
    const stopped = await Promise.allSettled(started.splice(0).map(part => part.stop()));
    const failures = stopped.flatMap(result => (result.status === 'rejected' ? [result.reason] : []));
    if (failures.length > 0) throw new AggregateError(failures, failures.join('; '));
  }

  return { get, stop };
}
