import type { Container } from '../../stage/containers.ts';
import { flowing, programsIn } from './fixture.ts';

// node start-and-wait.ts HOST CONTAINER USER DATABASE dump|psql: a run that is in the middle of something.

const [host, name, user, database, program] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const container = { engine: { host }, name, user, database, password: 'x' } as unknown as Container;
const programs = await programsIn(container);
const running = await (program === 'dump' ? programs.dump() : programs.psql());
if (program === 'psql') running.stdin.write('BEGIN; SELECT 1;\n');
await flowing(running);
running.stdout.pause();
console.log('running');
setInterval(() => undefined, 1_000_000);
