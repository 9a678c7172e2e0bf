import type { Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { createDumpContents, type DumpContents } from '../../postgres/comparison/dump-contents.ts';
import { createDumpCheck } from '../../postgres/dump-text/check-dump.ts';
import { listen } from '../../postgres/dump-text/listen.ts';
import type { ByteRange } from '../../postgres/dump-text/strip-ranges.ts';
import { dumpedText } from '../../postgres/dumped-text.ts';
import type { CheckedFile } from '../file/check-file.ts';
import { fillDatabase } from '../replacement/fill-database.ts';
import type { RestorePlan } from '../replacement/plan-restore.ts';
import type { Scratch } from './open-scratch.ts';

/**
 * A server writes some expressions in another way once it has read them: `IN ('a', 'b')` of a check or a view. Those
 * objects are the same after all if the file's own text, read a second time, gives what the restored database has, and
 * that text, read again, gives itself. Returns the objects for which that is not so.
 */
export async function notRewritten(
  changed: readonly string[],
  plan: RestorePlan,
  data: readonly ByteRange[],
  restored: DumpContents,
  scratch: Scratch,
  run: RunContext,
): Promise<string[]> {
  const candidates = changed.filter(words => hasExpressions.has(restored.objects.get(words)!.header.type));
  if (candidates.length === 0) return [...changed];
  const second = await generation(
    { ...plan, file: schemaOf(plan.file), instead: [...plan.instead, ...data] },
    'second',
    scratch,
    run,
  );
  const third = await generation({ ...plan, file: second.file, instead: [] }, 'third', scratch, run);
  const rewritten = candidates.filter(words => {
    const digests = [restored, second.contents, third.contents].map(
      ({ objects }) => objects.get(words)?.digest,
    );
    return digests.every(digest => digest === digests[0]);
  });
  return changed.filter(words => !rewritten.includes(words));
}

/** What pg_dump writes from a parsed expression, and not as it was once given. */
const hasExpressions = new Set([
  ...['TABLE', 'FOREIGN TABLE', 'CHECK CONSTRAINT', 'CONSTRAINT', 'DEFAULT', 'DOMAIN', 'INDEX', 'STATISTICS'],
  ...['VIEW', 'MATERIALIZED VIEW', 'RULE', 'POLICY', 'TRIGGER', 'FUNCTION', 'PROCEDURE', 'PUBLICATION TABLE'],
]);

interface Generation {
  readonly contents: DumpContents;
  /** Its schema, as a file that can be restored. */
  readonly file: CheckedFile;
}

async function generation(
  plan: RestorePlan,
  purpose: string,
  scratch: Scratch,
  run: RunContext,
): Promise<Generation> {
  const { server, maintenance } = scratch;
  const name = scratch.name(purpose);
  await fillDatabase(
    name,
    plan,
    { owners: false, analyze: false, jobs: scratch.jobs },
    server,
    maintenance,
    run,
  );
  return dumpSchema(name, plan.file, server);
}

/** In memory: it is the schema alone. */
async function dumpSchema(database: string, like: CheckedFile, server: Server): Promise<Generation> {
  const contents = createDumpContents();
  const check = createDumpCheck();
  const chunks: Buffer[] = [];
  await dumpedText(server, database, ['--schema-only', '--no-owner', '--no-privileges'])(async text => {
    for await (const chunk of text) chunks.push(chunk);
  });
  for (const chunk of chunks) check.push(chunk);
  await listen(stream(chunks), contents.handler);
  const read: CheckedFile['read'] = async sink => {
    await sink(stream(chunks));
    return like.digest;
  };
  return { contents: contents.end(), file: { ...like, facts: check.end(), read, ...readAtOnce } };
}

async function* stream(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

/** The counts of rows that will not come. */
function schemaOf(file: CheckedFile): CheckedFile {
  return { ...file, facts: { ...file.facts, tables: [] }, ...readAtOnce };
}

/** What is known of a file's text is not true of its schema alone. */
const readAtOnce = { layout: undefined, parts: undefined };
