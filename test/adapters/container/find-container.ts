import type { Connection } from '../../../adapters/container/connect.ts';
import { inspectContainer, type Place, runningPlace } from '../../../adapters/container/find-container.ts';

/** The running container with this name or id. */
export async function findContainer(connection: Connection, wanted: string): Promise<Place> {
  return runningPlace(connection, await inspectContainer(connection, wanted));
}
