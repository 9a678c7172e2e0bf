import { findProgram } from './debian-packages.ts';
import type { Engine } from './part.ts';

/** The command line of the docker client against an engine, whatever the user's own contexts say. */
export function docker(engine: Engine, ...args: string[]): string[] {
  return [findProgram('docker') ?? 'docker', '--host', engine.host, ...args];
}
