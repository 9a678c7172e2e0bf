import type { Target } from '../config/config.ts';
import type { Probe, ScratchMajors, ScratchNeed, Server } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { directServer } from './direct-server.ts';
import { standIn } from './stand-in.ts';
import { withinFolder } from './within-folder.ts';

/**
 * Reaches a target's server: by its adapter, else, where that one lacks programs that fit, by another that reaches the
 * same server. Rejects as the adapter's `open` does.
 */
export async function openTarget(target: Target, run: RunContext): Promise<Server> {
  try {
    return ofDatabase(target, await openOwn(target, run));
  } catch (error) {
    const other = await standIn(target, error, run);
    if (!other) throw error;
    return ofDatabase(target, other.server);
  }
}

/** By the target's own adapter, or past it where that is quicker. */
async function openOwn(target: Target, run: RunContext): Promise<Server> {
  const server = await target.adapter.open(target.options, withinFolder(target, run));
  try {
    return await directServer(target, server, run);
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** Of a target's several databases the one that it is about here. */
function ofDatabase({ database }: Target, server: Server): Server {
  return database === undefined ? server : Object.create(server, { database: { value: database } });
}

/**
 * Starts a throwaway server like the target's, in the same ways; undefined when its adapter makes none. Rejects as
 * `scratch` does.
 */
export async function openScratchServer(
  target: Target,
  need: ScratchNeed,
  run: RunContext,
): Promise<Server | undefined> {
  const { adapter, options } = target;
  try {
    return await adapter.scratch?.(options, need, withinFolder(target, run));
  } catch (error) {
    const other = await standIn(target, error, run);
    await other?.server.close();
    if (!other?.adapter.scratch) throw error;
    return other.adapter.scratch(other.options, need, withinFolder(target, run));
  }
}

/** What a throwaway server would be made of, in words. Rejects as `openScratchServer` does. */
export async function probeScratchServer(
  target: Target,
  majors: ScratchMajors,
  run: RunContext,
): Promise<string> {
  const own = withinFolder(target, run);
  try {
    return (await target.adapter.probeScratch?.(target.options, majors, own)) ?? 'not known beforehand';
  } catch (error) {
    const other = await standIn(target, error, run);
    await other?.server.close();
    if (!other?.adapter.probeScratch) throw error;
    return other.adapter.probeScratch(other.options, majors, own);
  }
}

/** Whether a target's server would be reached, and how. Does not throw for "not here". */
export async function probeTarget(target: Target, run: RunContext): Promise<Probe> {
  const probe = await target.adapter.probe(target.options, withinFolder(target, run));
  if (probe.usable || !probe.failure) return probe;
  const other = await standIn(target, probe.failure, run);
  await other?.server.close();
  return other ? { usable: true, describe: other.server.describe } : probe;
}
