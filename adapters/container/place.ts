import type Docker from 'dockerode';
import type { Connection } from './connect.ts';

/** One running container. */
export interface Place {
  readonly connection: Connection;
  /** Bound to the id: a container that was made anew under the same name is another one. */
  readonly container: Docker.Container;
  /** As a person knows it, without the slash that the engine puts before it. */
  readonly name: string;
  /** When it was last started, as the engine writes it; another value tells that it was restarted. */
  readonly startedAt: string;
  /** NAME=value */
  readonly env: readonly string[];
}

/** Of the container's own environment. */
export function variable({ env }: Place, name: string): string | undefined {
  return env.find(entry => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** As a person knows it, without the slash that the engine puts before it. */
export function nameOf(name: string): string {
  return name.replace(/^\//, '');
}
