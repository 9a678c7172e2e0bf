import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { ScratchNeed } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { interruption, OrchestrateError } from '../../src/errors.ts';
import { type ScratchAddress, scratchReady } from '../../src/postgres/scratch-ready.ts';
import { type Connection, fromEngine, statusOf } from './connect.ts';
import { Demultiplexer } from './demultiplexer.ts';
import type { Place } from './place.ts';
import { scratchLabel } from './scratch-leftovers.ts';
import { scratchRequest } from './scratch-request.ts';
import type { ScratchSource } from './scratch-source.ts';

export interface Throwaway extends ScratchAddress {
  readonly place: Place;
  /** Ends the server; fulfils when the container is removed with its volumes. */
  end(): Promise<void>;
}

/** How long the container may take to end its server and go before it is removed by force. */
const patience = 30_000; // milliseconds

/** Starts a server in a container of its own, which ends when our connection to its stdin does. */
export async function throwawayContainer(
  connection: Connection,
  source: ScratchSource,
  need: ScratchNeed,
  run: RunContext,
): Promise<Throwaway> {
  const name = `db-orchestrate-scratch-${run.id}-${randomBytes(4).toString('hex')}`;
  const where = `in the image of container ${source.container}`;
  const install = `Use an image that has the server of PostgreSQL ${need.serverMajor ?? ''}`.trimEnd();
  const origin = {
    where,
    least: need.serverMajor,
    install: `${install}; see what is in it with: ${look(source)}`,
  };
  const request = scratchRequest(source, need, name, await scratchLabel(run.id));
  if (run.signal.aborted) throw interruption(run.signal);
  const container = await connection.docker.createContainer(request).catch(fromEngine(connection));
  let endInput: (() => void) | undefined;
  const end = async () => {
    if (endInput) {
      run.signal.removeEventListener('abort', endInput);
      const gone = container.wait({ condition: 'removed' }).catch(() => undefined);
      endInput();
      await Promise.race([gone, delay(patience, undefined, { ref: false })]);
    }
    await container.remove({ force: true, v: true }).catch(() => undefined);
  };
  try {
    const streams = { stream: true, hijack: true, stdin: true, stdout: true, stderr: true };
    const socket = await container.attach(streams).catch(fromEngine(connection));
    await container.start().catch(fromEngine(connection));
    endInput = () => void socket.end();
    run.signal.addEventListener('abort', endInput);
    if (run.signal.aborted) endInput();
    let words = '';
    const output = new Demultiplexer(chunk => {
      words = (words + chunk).slice(-4096);
    });
    socket.on('error', error => output.destroy(error));
    const address = await scratchReady(socket.pipe(output), async () => words, origin);
    const place = await placeOf(connection, container, name);
    if (run.signal.aborted) throw interruption(run.signal);
    run.signal.removeEventListener('abort', endInput);
    return { ...address, place, end };
  } catch (error) {
    await end();
    if (run.signal.aborted) throw interruption(run.signal);
    throw statusOf(error) === undefined ? error : notStarted(where, error, origin.install);
  }
}

async function placeOf(connection: Connection, container: Docker.Container, name: string): Promise<Place> {
  const { State } = await container.inspect().catch(fromEngine(connection));
  return { connection, container, name, startedAt: State.StartedAt, env: [] };
}

/** The image has no such user, or no shell. */
function notStarted(where: string, error: unknown, hint: string): OrchestrateError {
  const words = (error as { json?: { message?: string } }).json?.message ?? (error as Error).message;
  return new OrchestrateError('no-client', `a throwaway server ${where} did not start: ${words.trim()}`, {
    cause: error,
    hint,
  });
}

function look({ image }: ScratchSource): string {
  return `docker run --rm --network none --entrypoint sh ${image.slice(0, 19)} -c 'command -v postgres initdb'`;
}
