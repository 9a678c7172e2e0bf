import type { Connection } from '../../../adapters/container/connect.ts';
import { runningPlace } from '../../../adapters/container/container-state.ts';
import { inspectContainer } from '../../../adapters/container/find-container.ts';
import type { Place } from '../../../adapters/container/place.ts';

/** The running container with this name or id. */
export async function findContainer(connection: Connection, wanted: string): Promise<Place> {
  return runningPlace(connection, await inspectContainer(connection, wanted));
}
