import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { openWireSession } from '../../../adapters/local-hybrid/wire-session.ts';
import { execute, identifier, literal } from '../../stage/client.ts';
import { createRole } from '../../stage/databases.ts';
import { stage } from '../../stage/stage.ts';

const server = await stage('hostServer');
const password = "é'pass\\ wörd";
const database = 'postgres';

async function answered(user: string, given: string | undefined = password): Promise<unknown> {
  const { host, port } = server;
  const session = await openWireSession({ host, port, user, password: given, database });
  try {
    const [first] = await session.query('SELECT session_user::text AS user, repeat($$ü$$, 40000) AS long');
    await session.execute('SET search_path = public');
    assert.deepEqual(await session.query('SELECT 1 AS n UNION SELECT 2 ORDER BY 1'), [{ n: 1 }, { n: 2 }]);
    await assert.rejects(session.query('SELECT nonsense'), /column "nonsense" does not exist/);
    return first;
  } finally {
    await session.close();
  }
}

test('a server is asked without psql, whichever way it keeps the password', async () => {
  const user = await createRole(server, password);
  const long = 'ü'.repeat(40_000);
  assert.deepEqual(await answered(user), { user, long });
  await assert.rejects(answered(user, 'wrong'), /password authentication failed/);
  const alter = `SET password_encryption = 'md5'; ALTER ROLE ${identifier(user)} PASSWORD ${literal(password)}`;
  await execute(server, database, alter);
  await answered(user).then(
    one => assert.deepEqual(one, { user, long }),
    // Where the server takes nothing but SCRAM.
    error => assert.match(error.message, /password authentication failed/),
  );
});

test('who asks for a password in clear gets none, and what is no server is told from one', async () => {
  const seen: string[] = [];
  const inClear = Buffer.from('R\0\0\0\x08\0\0\0\x03', 'latin1');
  const fake = createServer(socket => {
    socket.on('error', () => undefined).on('data', chunk => seen.push(chunk.toString('latin1')));
    socket.write(seen.length === 0 ? inClear : 'SSH-2.0-x\r\n');
    if (seen.length > 0) socket.end();
  });
  await new Promise<void>(resolve => fake.listen(0, '127.0.0.1', resolve));
  const address = fake.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const login = { host: '127.0.0.1', port, user: 'u', password: 'secret', database };
  await assert.rejects(openWireSession(login), /another kind of login/);
  await assert.rejects(openWireSession(login), Error);
  fake.close();
  assert.ok(!seen.join('').includes('secret'));
});
