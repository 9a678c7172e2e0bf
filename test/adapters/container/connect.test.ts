import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { connectEngine } from '../../../adapters/container/connect.ts';
import { afterFile } from '../../stage/after-file.ts';
import { type Container, engine, startContainer } from '../../stage/containers.ts';
import { mustRun, runProgram } from '../../stage/run-program.ts';
import { cutProxy } from './cut-proxy.ts';
import { findContainer } from './find-container.ts';
import { programsIn, refusalOf, runContext, sql } from './fixture.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dbo-connect-'));
  afterFile(async () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Looks for any container with these settings: what an engine answers, or why none does. */
async function ask(docker: { host: string } | undefined, env: Record<string, string> = {}): Promise<string> {
  const run = runContext(env);
  const refusal = await refusalOf(
    connectEngine(docker, run).then(connection =>
      findContainer(connection, 'nobody').finally(() => connection.close()),
    ),
  );
  return refusal.message;
}

const answered = 'no container named "nobody"';

test('an engine is reached through its socket and through DOCKER_HOST', async () => {
  const { host } = await engine();
  assert.equal(await ask({ host }), answered);
  assert.equal(await ask(undefined, { DOCKER_HOST: host }), answered);
});

test('an engine is reached over TCP, and a program runs through it', async () => {
  const container = await startContainer();
  const { host } = await cutProxy(container.engine.host, 'tcp');
  assert.equal(await ask({ host }), answered);
  assert.equal(await sql(await programsIn(container, { host }), 'SELECT 1'), '1\n');
});

test('the DOCKER_HOST of this process does not redirect a target that names its engine', async () => {
  const { host } = await engine();
  const before = process.env.DOCKER_HOST;
  for (const other of ['tcp://127.0.0.1:1', 'ssh://someone@nowhere', 'unix:///nowhere']) {
    process.env.DOCKER_HOST = other;
    assert.equal(await ask({ host }), answered);
  }
  if (before === undefined) delete process.env.DOCKER_HOST;
  else process.env.DOCKER_HOST = before;
});

test('a missing socket is named, with what to do', async () => {
  const host = `unix://${temporaryFolder()}/docker.sock`;
  const connection = await connectEngine({ host }, runContext());
  const { exitCode, message, hint } = await refusalOf(findContainer(connection, 'nobody'));
  assert.equal(exitCode, 3);
  assert.match(message, /^the Docker engine at unix:\S+docker\.sock cannot be reached: connect ENOENT/);
  assert.match(hint ?? '', /^Start Docker, or set DOCKER_HOST/);
});

test('a port where nobody listens is named', async () => {
  assert.match(
    await ask({ host: 'tcp://127.0.0.1:1' }),
    /^the Docker engine at tcp:\/\/127\.0\.0\.1:1 cannot be reached: connect ECONNREFUSED/,
  );
});

test('a name that does not resolve is named', async () => {
  assert.match(await ask({ host: 'tcp://engine.invalid:2375' }), /cannot be reached: getaddrinfo E/);
});

test('a server that is no engine is told from one', async () => {
  const socket = join(temporaryFolder(), 'socket');
  const server = createServer(client => client.end('SSH-2.0-nothing\r\n'));
  await new Promise<void>(resolve => server.listen(socket, resolve));
  assert.match(await ask({ host: `unix://${socket}` }), /cannot be reached: Parse Error/);
  server.close();
});

test('a socket that this user may not use says so', { skip: process.getuid?.() !== 0 }, async () => {
  const { host } = await engine();
  // Another user cannot read this folder: the test speaks for that user in a process of its own.
  const script = `
    import { engineUnreachable } from '${import.meta.resolve('../../../adapters/container/engine-errors.ts')}';
    import { connect } from 'node:net';
    const report = error => console.log(JSON.stringify(engineUnreachable('the engine', '', error)));
    process.setgid(65534); process.setuid(65534);
    connect(${JSON.stringify(host.replace('unix://', ''))}).on('error', report).on('connect', () => process.exit(1));`;
  const { stdout, stderr } = await mustRun([process.execPath, '--input-type=module', '-e', script]);
  assert.match(stdout, /"code":"unreachable","hint":"Let this user talk to Docker.+usermod/, stderr);
});

test('what is no address of an engine is refused', async () => {
  for (const host of [
    '',
    'docker.sock',
    'unix://relative',
    'npipe:////./pipe/docker',
    'tcp://',
    'tcp://a b',
  ]) {
    const refusal = await refusalOf(connectEngine({ host }, runContext()));
    assert.equal(refusal.exitCode, 2);
    assert.equal(refusal.message, `${JSON.stringify(host)} is no address of a Docker engine`);
  }
  const refusal = await refusalOf(connectEngine({ host: 'tcp://me:secret@host:1' }, runContext()));
  assert.equal(refusal.message, '"tcp://host:1" is no address of a Docker engine');
});

test('an engine behind TLS is reached by who has its certificates, and by nobody else', async () => {
  const container = await startContainer();
  const { host, folder } = await tlsEngine(container);
  const env = { DOCKER_HOST: host, DOCKER_CERT_PATH: folder };
  assert.equal(await ask(undefined, { ...env, DOCKER_TLS_VERIFY: '1' }), answered);
  assert.equal(await ask(undefined, { ...env, DOCKER_TLS: '1' }), answered);
  const stranger = { ...env, DOCKER_CERT_PATH: temporaryFolder() };
  assert.match(
    await ask(undefined, { ...stranger, DOCKER_TLS_VERIFY: '1' }),
    /cannot be reached: .*certificate/,
  );
  assert.match(await ask(undefined, { ...stranger, DOCKER_TLS: '1' }), /cannot be reached: /);
  assert.match(await ask(undefined, env), /cannot be reached: /);
});

test('a program runs through TLS', async () => {
  const container = await startContainer();
  const { host, folder } = await tlsEngine(container);
  const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder };
  assert.equal(await sql(await programsIn(container, { host, env }), 'SELECT 1'), '1\n');
});

/** The container's engine on a port that wants a client's certificate. */
async function tlsEngine(container: Container): Promise<{ host: string; folder: string }> {
  const folder = temporaryFolder();
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => mustRun(['openssl', ...args]);
  const subject = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  // One certificate is its own authority, the server's and the client's.
  await openssl('req', '-x509', ...key, '-keyout', file('key.pem'), '-out', file('cert.pem'), ...subject);
  const [cert, secret] = await Promise.all(
    ['cert.pem', 'key.pem'].map(async name => (await runProgram(['cat', file(name)])).stdout),
  );
  writeFileSync(file('ca.pem'), cert!);
  const settings = { cert: cert!, key: secret!, ca: cert!, requestCert: true, allowHalfOpen: true };
  const server = createTlsServer(settings, client => {
    const upstream = connectSocket({
      path: container.engine.host.replace('unix://', ''),
      allowHalfOpen: true,
    });
    for (const one of [client, upstream]) one.on('error', () => undefined);
    client.pipe(upstream).pipe(client);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  afterFile(async () => void server.close());
  const address = server.address();
  return { host: `tcp://127.0.0.1:${typeof address === 'object' && address?.port}`, folder };
}
