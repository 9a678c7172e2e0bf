import type { ClientFailure, Server } from '../contract/adapter.ts';

/** Hands on the text of a dump from its first to its last byte; each call reads it anew. */
export type ReadDumpText = (sink: (text: AsyncIterable<Buffer>) => Promise<void>) => Promise<unknown>;

/** The text that pg_dump writes of a database now, each time it is read. Rejects as `dump` does. */
export function dumpedText(server: Server, database: string, args: readonly string[]): ReadDumpText {
  return async sink => {
    const dump = await server.dump({ database, args });
    const reading = sink(dump.stdout).catch(error => {
      dump.kill();
      throw error;
    });
    const [program, read] = await Promise.allSettled([dump.done, reading]);
    // Of a program that failed by itself, the text that broke off is only the consequence.
    const failedItself = program.status === 'rejected' && (program.reason as ClientFailure).exitCode !== null;
    if (read.status === 'rejected' && !failedItself) throw read.reason;
    if (program.status === 'rejected') throw program.reason;
  };
}
