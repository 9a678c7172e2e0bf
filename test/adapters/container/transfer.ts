import { setTimeout as delay } from 'node:timers/promises';
import type { Container } from '../../stage/containers.ts';
import { programsIn, sql } from './fixture.ts';

// node transfer.ts HOST CONTAINER USER DATABASE out|in MEGABYTES: tells in its first line how many
// bytes passed and what memory it took.

const [host, name, user, database, direction, megabytes] = process.argv.slice(2) as [
  ...[string, string, string, string, string, string],
];
const container = { engine: { host }, name, user, database, password: 'x' } as unknown as Container;
const programs = await programsIn(container);
await sql(programs, 'SELECT 1');
const line = `${'x'.repeat(1023)}\n`;
const lines = Number(megabytes) * 1024;
const before = process.memoryUsage().rss;
let bytes = 0;

const program = await programs.psql();
if (direction === 'out') {
  program.stdin.end(`COPY (SELECT repeat('x', 1023) FROM generate_series(1, ${lines})) TO stdout;`);
  let chunks = 0;
  for await (const chunk of program.stdout) {
    bytes += chunk.length;
    chunks += 1;
    if (chunks % 50 === 0) await delay(20);
  }
} else {
  program.stdout.resume();
  program.stdin.write('CREATE TEMP TABLE t (t text); COPY t FROM stdin;\n');
  for (let n = 0; n < lines; n += 64) {
    bytes += 64 * line.length;
    if (!program.stdin.write(line.repeat(64)))
      await new Promise(resolve => program.stdin.once('drain', resolve));
  }
  program.stdin.end('\\.\n');
}
await program.done;
// Of this whole process, in kilobytes.
console.log(JSON.stringify({ bytes, growth: process.resourceUsage().maxRSS * 1024 - before }));
