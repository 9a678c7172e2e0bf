import { mustRun, runProgram } from '../test/stage/run-program.ts';
import { waitUntil } from '../test/stage/wait-until.ts';
import type { DemoDatabase } from './database.ts';

/** In a container of its own, of an image that the Docker engine has already. */
export async function engineDatabase(): Promise<DemoDatabase> {
  const listed = await mustRun(['docker', 'image', 'ls', '--format', '{{.ID}}', 'postgres'], {
    timeout: 10_000,
  });
  const [image] = listed.stdout.split('\n');
  if (!image) throw new Error('the Docker engine has no image called postgres');
  const settings = ['--env', 'POSTGRES_PASSWORD=demo', '--env', 'POSTGRES_DB=shop'];
  const started = await mustRun(['docker', 'run', '--detach', '--rm', ...settings, image]);
  const container = started.stdout.trim();
  const psql = [
    'docker',
    'exec',
    '-i',
    '-e',
    'PGPASSWORD',
    container,
    'psql',
    '-h',
    '127.0.0.1',
    '-U',
    'postgres',
    '-d',
    'shop',
  ];
  const stop = async () => {
    await mustRun(['docker', 'rm', '--force', '--volumes', container]);
  };
  const password = { env: { ...process.env, PGPASSWORD: 'demo' } };
  try {
    // By TCP: the server that fills a new database listens on its socket only.
    const isReady = async () => (await runProgram([...psql, '-c', 'SELECT 1'], password)).exitCode === 0;
    await waitUntil('PostgreSQL starts', isReady);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    describe: 'PostgreSQL in a container',
    target: { adapter: 'container', container, user: 'postgres', database: 'shop' },
    async execute(sql) {
      const answer = await mustRun([...psql, '-qAtX', '-v', 'ON_ERROR_STOP=1'], { ...password, input: sql });
      return answer.stdout;
    },
    stop,
  };
}
