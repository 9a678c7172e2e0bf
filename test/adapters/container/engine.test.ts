import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { resolveEngine } from '../../../adapters/container/engine.ts';
import { afterFile } from '../../stage/after-file.ts';
import { refusalOf } from './fixture.ts';

/** A folder as ~/.docker with one context, as `docker context create` writes it. */
function dockerConfig(
  config: string | undefined,
  context: { name: string; host?: string; skipTlsVerify?: boolean; ca?: string },
): string {
  const folder = mkdtempSync(join(tmpdir(), 'dbo-docker-config-'));
  afterFile(async () => rmSync(folder, { recursive: true, force: true }));
  if (config !== undefined) writeFileSync(join(folder, 'config.json'), config);
  const id = createHash('sha256').update(context.name).digest('hex');
  const meta = join(folder, 'contexts/meta', id);
  mkdirSync(meta, { recursive: true });
  const docker = { Host: context.host, SkipTLSVerify: context.skipTlsVerify ?? false };
  writeFileSync(
    join(meta, 'meta.json'),
    JSON.stringify({ Name: context.name, Metadata: {}, Endpoints: { docker } }),
  );
  if (context.ca) {
    const tls = join(folder, 'contexts/tls', id, 'docker');
    mkdirSync(tls, { recursive: true });
    writeFileSync(join(tls, 'ca.pem'), context.ca);
  }
  return folder;
}

const remote = dockerConfig('{"currentContext": "remote"}', { name: 'remote', host: 'unix:///remote.sock' });

test('without any setting it is the default socket', async () => {
  assert.deepEqual(await resolveEngine(undefined, { HOME: '/nowhere' }), {
    host: 'unix:///var/run/docker.sock',
  });
});

test('the current context of the docker command is followed', async () => {
  const { host } = await resolveEngine(undefined, { DOCKER_CONFIG: remote });
  assert.equal(host, 'unix:///remote.sock');
});

test('a config file without a context means the default socket', async () => {
  const folder = dockerConfig('{"auths": {}}', { name: 'other', host: 'unix:///other.sock' });
  assert.equal(
    (await resolveEngine(undefined, { DOCKER_CONFIG: folder })).host,
    'unix:///var/run/docker.sock',
  );
});

test('DOCKER_CONTEXT goes before the current context, DOCKER_HOST before both', async () => {
  const env = { DOCKER_CONFIG: remote, DOCKER_CONTEXT: 'default' };
  assert.equal((await resolveEngine(undefined, env)).host, 'unix:///var/run/docker.sock');
  const named = { DOCKER_CONFIG: dockerConfig('{}', { name: 'b', host: 'unix:///b' }), DOCKER_CONTEXT: 'b' };
  assert.equal((await resolveEngine(undefined, named)).host, 'unix:///b');
  const host = { ...named, DOCKER_HOST: 'unix:///host.sock' };
  assert.equal((await resolveEngine(undefined, host)).host, 'unix:///host.sock');
});

test('what the target says goes before everything', async () => {
  const env = { DOCKER_CONFIG: remote, DOCKER_HOST: 'unix:///host.sock' };
  assert.equal((await resolveEngine({ host: 'unix:///mine' }, env)).host, 'unix:///mine');
  assert.equal((await resolveEngine({ context: 'remote' }, env)).host, 'unix:///remote.sock');
  // As `docker --context default` does.
  assert.equal((await resolveEngine({ context: 'default' }, env)).host, 'unix:///host.sock');
});

test('a context that does not exist is named', async () => {
  const { exitCode, message, hint } = await refusalOf(
    resolveEngine({ context: 'no\nne' }, { DOCKER_CONFIG: remote }),
  );
  assert.equal(exitCode, 2);
  assert.equal(message, 'no docker context named "no\\nne"');
  assert.match(hint ?? '', /docker context ls/);
});

test('a config file that is not JSON is named', async () => {
  const folder = dockerConfig('{', { name: 'x', host: 'unix:///x' });
  const { exitCode, message } = await refusalOf(resolveEngine(undefined, { DOCKER_CONFIG: folder }));
  assert.equal(exitCode, 2);
  assert.equal(message, `${folder}/config.json is not valid JSON`);
});

test('TLS is on when DOCKER_TLS_VERIFY or DOCKER_TLS says so, and not for DOCKER_CERT_PATH alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbo-certificates-'));
  afterFile(async () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'ca.pem'), 'CA');
  const env = { DOCKER_HOST: 'tcp://engine:2376', DOCKER_CERT_PATH: folder };
  const tls = { ca: 'CA', cert: undefined, key: undefined };
  assert.equal((await resolveEngine(undefined, env)).tls, undefined);
  const verified = await resolveEngine(undefined, { ...env, DOCKER_TLS_VERIFY: '1' });
  assert.deepEqual(verified.tls, { ...tls, verify: true });
  const unverified = await resolveEngine(undefined, { ...env, DOCKER_TLS: '1' });
  assert.deepEqual(unverified.tls, { ...tls, verify: false });
  const socket = await resolveEngine({ host: 'unix:///x' }, { ...env, DOCKER_TLS_VERIFY: '1' });
  assert.equal(socket.tls, undefined);
});

test('the certificates of a context are used', async () => {
  const secure = dockerConfig('{}', { name: 's', host: 'tcp://engine:2376', ca: 'CA' });
  const verified = await resolveEngine({ context: 's' }, { DOCKER_CONFIG: secure });
  assert.deepEqual(verified.tls, { ca: 'CA', cert: undefined, key: undefined, verify: true });
  const skipping = dockerConfig('{}', { name: 's', host: 'tcp://engine:2376', skipTlsVerify: true });
  assert.equal((await resolveEngine({ context: 's' }, { DOCKER_CONFIG: skipping })).tls?.verify, false);
  const plain = dockerConfig('{}', { name: 's', host: 'tcp://engine:2375' });
  assert.equal((await resolveEngine({ context: 's' }, { DOCKER_CONFIG: plain })).tls, undefined);
});
