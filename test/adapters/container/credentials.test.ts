import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connectEngine } from '../../../adapters/container/connect.ts';
import { type Credentials, findCredentials } from '../../../adapters/container/credentials.ts';
import type { ContainerOptions } from '../../../adapters/container/options.ts';
import type { Place } from '../../../adapters/container/place.ts';
import { afterFile } from '../../stage/after-file.ts';
import { type Container, startContainer } from '../../stage/containers.ts';
import { findContainer } from './find-container.ts';
import { refusalOf, runContext } from './fixture.ts';

let container: Container;
let place: Place;

before(async () => {
  container = await startContainer();
  const connection = await connectEngine({ host: container.engine.host }, runContext());
  afterFile(async () => connection.close());
  place = await findContainer(connection, container.name);
  const files = { user: 'owner\n', password: ' a b \n\n', database: 'the db', empty: '\n' };
  for (const [name, text] of Object.entries(files))
    await container.exec(['sh', '-c', 'cat > "/tmp/$0"', name], { input: text });
});

function of(env: string[], options: Partial<ContainerOptions> = {}): Promise<Credentials> {
  return findCredentials(options, { ...place, env });
}

test('they are what the container was first started with', async () => {
  const { user, password, database } = container;
  assert.deepEqual(await findCredentials({}, place), { user, password, database });
});

test('without any setting the user is postgres, and the database is called like the user', async () => {
  assert.deepEqual(await of([]), { user: 'postgres', password: undefined, database: 'postgres' });
  assert.deepEqual(await of(['POSTGRES_USER=a', 'POSTGRES_PASSWORD=']), {
    user: 'a',
    password: undefined,
    database: 'a',
  });
});

test('what the target says goes first', async () => {
  const env = ['POSTGRES_USER=a', 'POSTGRES_PASSWORD=b', 'POSTGRES_DB=c'];
  const options = { user: 'x', password: 'y', database: 'z' };
  assert.deepEqual(await of(env, options), options);
  assert.deepEqual(await of(env, { database: 'z' }), { user: 'a', password: 'b', database: 'z' });
});

test('the password of the container is given to no other user', async () => {
  const env = ['POSTGRES_USER=a', 'POSTGRES_PASSWORD=b', 'POSTGRES_DB=c'];
  assert.deepEqual(await of(env, { user: 'x' }), { user: 'x', password: undefined, database: 'c' });
  assert.equal((await of(env, { user: 'a' })).password, 'b');
});

test('a value may hold an equals sign', async () => {
  assert.equal((await of(['POSTGRES_PASSWORD=a=b', 'POSTGRES_PASSWORD_HINT=no'])).password, 'a=b');
});

test('names that an image keeps in files are read inside the container', async () => {
  const files = ['POSTGRES_USER_FILE=/tmp/user', 'POSTGRES_PASSWORD_FILE=/tmp/password'];
  assert.deepEqual(await of([...files, 'POSTGRES_DB_FILE=/tmp/database']), {
    user: 'owner',
    password: ' a b ',
    database: 'the db',
  });
  assert.deepEqual(await of(files), { user: 'owner', password: ' a b ', database: 'owner' });
});

test('a file that cannot be read is named by its variable, and what to set instead', async () => {
  const { exitCode, message, hint } = await refusalOf(of(['POSTGRES_USER_FILE=/nowhere; touch /tmp/x']));
  assert.equal(exitCode, 2);
  assert.equal(message, `POSTGRES_USER_FILE of container ${container.name} names a file that cannot be read`);
  assert.equal(hint, 'Set `user` of the target.');
  await of(['POSTGRES_USER_FILE=/nowhere'], { user: 'u', database: 'd', password: 'p' });
});

test('a password file that cannot be read leaves the login to the server', async () => {
  assert.equal((await of(['POSTGRES_PASSWORD_FILE=/nowhere'])).password, undefined);
  assert.equal((await of(['POSTGRES_PASSWORD_FILE=/tmp/empty'])).password, undefined);
});

test("Bitnami's names are known", async () => {
  const env = ['POSTGRESQL_USERNAME=a', 'POSTGRESQL_PASSWORD=b', 'POSTGRESQL_DATABASE=c'];
  assert.deepEqual(await of(env), { user: 'a', password: 'b', database: 'c' });
});
