import { lifeOf, processIdentity } from '../../src/process-identity.ts';
import { type Connection, fromEngine } from './connect.ts';

const key = 'db-orchestrate.scratch';

/** Tells whose a throwaway container is. */
export async function scratchLabel(runId: string): Promise<Record<string, string>> {
  return { [key]: `${(await processIdentity()) ?? 'unknown'}-${runId}` };
}

/** Removes the throwaway containers of dead runs, whatever became of them. Those of other machines are not ours to judge. */
export async function clearLeftContainers(connection: Connection): Promise<void> {
  const { docker } = connection;
  const filters = { label: [key] };
  const left = await docker.listContainers({ all: true, filters }).catch(fromEngine(connection));
  for (const { Id, Labels } of left) {
    const identity = /^(\w+-\d+-\w+)-\w+$/.exec(Labels[key] ?? '')?.[1];
    if (identity === undefined || (await lifeOf(identity)) !== 'dead') continue;
    // It may just be going by itself.
    await docker
      .getContainer(Id)
      .remove({ force: true, v: true })
      .catch(() => undefined);
  }
}
