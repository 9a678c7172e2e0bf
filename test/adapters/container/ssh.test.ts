import assert from 'node:assert/strict';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { connectEngine } from '../../../adapters/container/connect.ts';
import { runCli, startCli } from '../../stage/cli.ts';
import { startContainer } from '../../stage/containers.ts';
import { projectFolder } from '../../stage/project-folder.ts';
import { runProgram } from '../../stage/run-program.ts';
import { waitUntil } from '../../stage/wait-until.ts';
import { cutProxy } from './cut-proxy.ts';
import { findContainer } from './find-container.ts';
import { outputOf, programsIn, refusalOf, runContext, sql } from './fixture.ts';
import { sshServer } from './ssh-server.ts';

const ssh = await sshServer();
const container = await startContainer();
const proxy = await cutProxy(container.engine.host);
const socket = proxy.host.replace('unix://', '');
// The user of the ssh server may use it, as one in the group docker may.
chmodSync(dirname(socket), 0o755);
chmodSync(socket, 0o666);
const host = `ssh://${ssh.login}${socket}`;

/** Folders of forwarded sockets, and the ssh programs that forward them. */
async function forwards(): Promise<string[]> {
  const { stdout } = await runProgram(['ps', '-eo', 'pid,args']);
  const programs = stdout.split('\n').filter(line => line.includes('dbo-ssh-') && !line.includes('ps -eo'));
  return [...readdirSync('/tmp').filter(name => name.startsWith('dbo-ssh-')), ...programs];
}

async function refused(address: string, env: Record<string, string> = ssh.env) {
  const run = runContext(env);
  return refusalOf(
    connectEngine({ host: address }, run).then(connection =>
      findContainer(connection, 'nobody').finally(() => connection.close()),
    ),
  );
}

test('programs run through ssh, many at a time, and nothing of it is left', async () => {
  const programs = await programsIn(container, { host, env: ssh.env });
  const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => sql(programs, `SELECT ${n}`)));
  assert.deepEqual(
    answers,
    Array.from({ length: 12 }, (_, n) => `${n}\n`),
  );
  assert.match(String(await outputOf(await programs.dump())), /database dump complete/);
  await programs.close();
  programs.place.connection.close();
  await waitUntil('nothing is left', async () => (await forwards()).length === 0);
});

test('a backup of DOCKER_HOST=ssh://… works, and when it is killed its ssh ends with it', async () => {
  const target = { adapter: 'container', container: container.name };
  const cwd = projectFolder({ 'backup.config.json': JSON.stringify({ targets: { t: target } }) });
  const env = { ...ssh.env, DOCKER_HOST: host };
  const done = await runCli(['backup'], { cwd, env });
  assert.equal(done.exitCode, 0, done.stderr);
  assert.deepEqual(await forwards(), []);

  const psql = (text: string) =>
    container.exec(['psql', '-U', container.user, '-d', container.database, '-c', text]);
  await psql('CREATE TABLE t ()');
  const holding = psql('BEGIN; LOCK TABLE t; SELECT pg_sleep(600)');
  const running = startCli(['backup'], { cwd, env });
  await waitUntil('pg_dump waits in the container', async () => {
    return (await container.exec(['ps', '-A', '-o', 'args'])).stdout.includes('pg_dump');
  });
  running.kill('SIGKILL');
  await running.finished;
  await waitUntil('ssh has ended', async () => (await forwards()).every(one => one.startsWith('dbo-ssh-')));
  await waitUntil('pg_dump has ended', async () => {
    return !(await container.exec(['ps', '-A', '-o', 'args'])).stdout.includes('pg_dump');
  });
  await psql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()`,
  );
  await holding;
  // The next run clears what that one could not.
  const next = await runCli(['backup'], { cwd, env });
  assert.equal(next.exitCode, 0, next.stderr);
  assert.deepEqual(await forwards(), []);
});

test('a socket that is not there is said in the words of ssh, with how to name another', async () => {
  const { exitCode, message, hint } = await refused(`ssh://${ssh.login}/nowhere.sock`);
  assert.equal(exitCode, 3);
  assert.match(message, /^the Docker engine at ssh:\/\/127\S+ cannot be reached: ssh says: .*open failed/);
  assert.match(hint ?? '', /ssh:\/\/user@host\/run\/user\/1000\/docker\.sock/);
});

test('a host that ssh does not know is not trusted', async () => {
  ssh.forget();
  const { exitCode, message, hint } = await refused(host);
  assert.equal(exitCode, 3);
  assert.match(message, /cannot be reached: .*Host key verification failed/);
  assert.match(hint ?? '', /^Try it with: ssh -l \S+ -p \d+ 127\.0\.0\.1 docker version$/);
  await waitUntil('nothing is left', async () => (await forwards()).length === 0);
});

test('without ssh on this host it is said what to install', async () => {
  const { exitCode, hint } = await refused(host, { PATH: '/nowhere' });
  assert.equal(exitCode, 3);
  assert.match(hint ?? '', /^Install the program ssh/);
});

test('what would be an option of ssh, or a secret, is refused before ssh is started', async () => {
  const log = join(projectFolder({ 'bin/ssh': '#!/bin/sh\necho started >"$0.log"\n' }), 'bin');
  chmodSync(join(log, 'ssh'), 0o755);
  writeFileSync(join(log, 'nothing'), '');
  for (const address of [
    'ssh://-oProxyCommand=touch/',
    'ssh://-oProxyCommand=touch@host/',
    'ssh://me:secret@host',
    'ssh://',
    'ssh://host/a:b',
    'ssh://host/%25d',
  ]) {
    const { exitCode, message, hint } = await refused(address, { PATH: `${log}:/usr/bin:/bin` });
    assert.equal(exitCode, 2, address);
    assert.doesNotMatch(`${message}${hint}`, /secret/);
  }
  assert.deepEqual(readdirSync(log).sort(), ['nothing', 'ssh']);
});
