import { createRequire } from 'node:module';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { PGlite } from '@electric-sql/pglite';
import type { pgDump } from '@electric-sql/pglite-tools/pg_dump';
import type { Answer, DumpAnswer, EngineStart, Question } from './engine.ts';
import type { Piece, RowsPiece } from './statement-cutter.ts';

/*
 * The thread that PostgreSQL runs in: a statement there lasts as long as it does, and nothing else happens in its thread
 * meanwhile. One question at a time comes in, and one answer to each goes out.
 */

const port = parentPort as MessagePort;
const { packages, folder, database, settings, durable } = workerData as EngineStart;
const require = createRequire(import.meta.url);
/** Of PostgreSQL's own parameters: a commit does not wait for the disk. */
const withoutSync = '-F';
/** Before its words: it takes our script for its own program. */
const noise = /^invalid binary "[^"]*": No such file or directory[^:]*: /;
const server = await open();
/** As ReadyForQuery says it: outside of a transaction, in one, or in one that failed. */
let status = 'I';
/** Rows of the COPY that is going on. */
let copied = 0;
let ownTransaction = false;

port.on('message', async ({ id, question }: { id: number; question: Question }) => {
  try {
    port.postMessage({ id, answer: await answerTo(question) });
  } catch (error) {
    port.postMessage({ id, error });
  }
});
port.postMessage({ id: 0 });

function open(): Promise<PGlite> {
  const { PGlite: Server } = require(packages.pglite) as { PGlite: typeof PGlite };
  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const usual = Server.defaultStartParams.filter(parameter => !(durable && parameter === withoutSync));
  return Server.create({ dataDir: folder, database, startParams: [...usual, ...given] });
}

async function answerTo(question: Question): Promise<Answer | DumpAnswer | undefined> {
  if (question.do === 'run') return run(question.pieces, question.tags);
  if (question.do === 'dump') return dump(question.args);
  await server.close();
  return undefined;
}

/** What psql would print without headers; stops at the first error. */
async function run(pieces: readonly Piece[], tags: boolean): Promise<Answer> {
  const output: string[] = [];
  let failure: Answer['failure'];
  for (const piece of pieces) {
    const answer = 'rows' in piece ? await copyIn(piece) : await execute(piece.sql);
    output.push(...answer.rows, ...(tags ? answer.tags : []));
    failure = answer.failure;
    if (failure) break;
  }
  return { output: output.map(line => `${line}\n`).join(''), failure, status };
}

interface Executed {
  readonly rows: string[];
  readonly tags: string[];
  readonly failure: Answer['failure'];
}

async function execute(sql: Uint8Array): Promise<Executed> {
  const rows: string[] = [];
  const tags: string[] = [];
  let failure: Answer['failure'];
  const { messages } = await server.execProtocol(queryMessage(sql), { throwOnError: false });
  for (const message of messages as unknown as readonly Message[]) {
    if (message.name === 'dataRow') rows.push(message.fields.map(field => field ?? '').join('|'));
    if (message.name === 'commandComplete' && !message.text.startsWith('SELECT ')) tags.push(message.text);
    if (message.name === 'error') failure = failureOf(message);
    if (message.name === 'readyForQuery') status = message.status;
  }
  return { rows, tags, failure };
}

/** PGlite takes no rows on the way that psql sends them; it has a file that is what comes with a query. */
async function copyIn({ sql, rows, part }: RowsPiece): Promise<Executed> {
  if (part.first) copied = 0;
  if (part.first && !part.last && status === 'I') {
    await execute(Buffer.from('BEGIN'));
    ownTransaction = true;
  }
  await server._handleBlob(new Blob([rows as Uint8Array<ArrayBuffer>]));
  const executed = await execute(sql);
  await server._cleanupBlob();
  copied += Number(/\d+$/.exec(executed.tags[0] ?? '0')?.[0]);
  if (!executed.failure && !part.last) return { ...executed, tags: [] };
  if (ownTransaction) {
    ownTransaction = false;
    await execute(Buffer.from(executed.failure ? 'ROLLBACK' : 'COMMIT'));
  }
  return { ...executed, tags: [`COPY ${copied}`] };
}

/** Those that are of interest here; their types are no part of what PGlite exports. */
type Message =
  | { readonly name: 'dataRow'; readonly fields: readonly (string | null)[] }
  | { readonly name: 'commandComplete'; readonly text: string }
  | { readonly name: 'readyForQuery'; readonly status: string }
  | ServerError;

interface ServerError {
  readonly name: 'error';
  readonly code: string;
  readonly message: string;
  readonly severity: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
}

function failureOf({ code, message, severity, detail, hint, where }: ServerError): Answer['failure'] {
  const more = Object.entries({ DETAIL: detail, HINT: hint, CONTEXT: where });
  const told = more.flatMap(([word, text]) => (text ? [`${word}:  ${text}`] : []));
  return { sqlState: code, message, text: [`${severity}:  ${message}`, ...told].join('\n') };
}

function queryMessage(sql: Uint8Array): Uint8Array {
  const message = Buffer.alloc(sql.length + 6);
  message.write('Q');
  message.writeUInt32BE(sql.length + 5, 1);
  message.set(sql, 5);
  return message;
}

/** The whole text is in memory. */
async function dump(args: readonly string[]): Promise<DumpAnswer> {
  const { pgDump: start } = require(packages.tools) as { pgDump: typeof pgDump };
  // What it would ask and set besides is of no use here, and fails where the search path is empty.
  const pg = {
    query: async () => ({ rows: [{ search_path: 'public' }] }),
    exec: async () => [],
    execProtocolRawStream: server.execProtocolRawStream.bind(server),
  } as unknown as PGlite;
  try {
    const file = await asWritten(() => start({ pg, args: ['--rows-per-insert=500', ...args] }));
    return { text: new Uint8Array(await file.arrayBuffer()), stderr: '', exitCode: 0 };
  } catch (error) {
    const [, exitCode, stderr] =
      /^pg_dump failed with exit code (\d+)\. \nError message: (.*)$/s.exec((error as Error).message) ?? [];
    if (exitCode === undefined) throw error;
    return {
      text: new Uint8Array(),
      stderr: stderr!.replace(noise, 'pg_dump: '),
      exitCode: Number(exitCode),
    };
  } finally {
    // One that fails leaves its transaction, and what it had asked last.
    do await execute(Buffer.from('ROLLBACK'));
    while (status !== 'I');
  }
}

/**
 * pgDump takes every line that begins with `\restrict` or `\unrestrict` out of the text, also one that stands in a
 * value: here it finds none.
 */
async function asWritten<Result>(work: () => Promise<Result>): Promise<Result> {
  const { replace } = String.prototype;
  String.prototype.replace = function (this: string, ...args: Parameters<typeof replace>) {
    const [pattern] = args as unknown as [unknown];
    return pattern instanceof RegExp && pattern.source.includes('restrict')
      ? String(this)
      : replace.apply(this, args);
  } as typeof replace;
  try {
    return await work();
  } finally {
    String.prototype.replace = replace;
  }
}
