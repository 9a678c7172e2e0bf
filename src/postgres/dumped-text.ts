import { PassThrough, type Readable } from 'node:stream';
import type { ClientFailure, ClientProcess, Server } from '../contract/adapter.ts';

/** Hands on the text of a dump from its first to its last byte; each call reads it anew. */
export type ReadDumpText = (sink: (text: AsyncIterable<Buffer>) => Promise<void>) => Promise<unknown>;

/** The text that pg_dump writes of a database now, each time it is read. Rejects as `dump` does. */
export function dumpedText(server: Server, database: string, args: readonly string[]): ReadDumpText {
  return async sink => {
    const dump = await server.dump({ database, args });
    await readAll(dump, dump.stdout, sink);
  };
}

/** The same for what commands of psql write. Rejects as `copyOut` does. */
export function copiedText(server: Server, database: string, commands: readonly string[]): ReadDumpText {
  return async sink => {
    const output = new PassThrough();
    await readAll(await server.copyOut!({ database, commands, output }), output, sink);
  };
}

async function readAll(
  program: ClientProcess,
  text: Readable,
  sink: (text: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const reading = sink(text).catch(error => {
    program.kill();
    throw error;
  });
  const [ended, read] = await Promise.allSettled([program.done, reading]);
  // Of a program that failed by itself, the text that broke off is only the consequence.
  const failedItself = ended.status === 'rejected' && (ended.reason as ClientFailure).exitCode !== null;
  if (read.status === 'rejected' && !failedItself) throw read.reason;
  if (ended.status === 'rejected') throw ended.reason;
}
