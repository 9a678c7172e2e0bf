import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Session } from '../../src/contract/adapter.ts';

export interface WireLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
}

/**
 * A session of PostgreSQL's own protocol, for a question or two where this host has no psql to ask them with: no TLS, and
 * no password in clear. Rejects when the server wants anything else.
 */
export async function openWireSession(login: WireLogin): Promise<Session> {
  const socket = connect({ host: login.host, port: login.port, timeout: patience });
  socket.on('timeout', () => socket.destroy(new Error('the server does not answer')));
  const messages = messagesOf(socket);
  try {
    socket.write(startup(login));
    await logIn(socket, messages, login);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return {
    async query<Row>(select: string): Promise<Row[]> {
      const rows = `SELECT coalesce(json_agg(row_to_json(answer)), '[]') FROM (${select}\n) AS answer`;
      socket.write(message('Q', text(rows)));
      let answer = '[]';
      for (;;) {
        const { type, body } = await next(messages);
        // One row of one column: behind the count and its length.
        if (type === 'D') answer = body.toString('utf8', 6);
        if (type === 'Z') return JSON.parse(answer) as Row[];
      }
    },
    async execute(statement) {
      socket.write(message('Q', text(statement)));
      while ((await next(messages)).type !== 'Z');
    },
    async close() {
      socket.end(message('X', Buffer.alloc(0)));
      socket.destroySoon();
    },
  };
}

const patience = 20_000; // milliseconds

interface Message {
  readonly type: string;
  readonly body: Buffer;
}

async function* messagesOf(socket: Socket): AsyncGenerator<Message, undefined> {
  let rest = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
      const end = rest.readUInt32BE(1) + 1;
      yield { type: String.fromCharCode(rest[0]!), body: rest.subarray(5, end) };
      rest = rest.subarray(end);
    }
  }
  return undefined;
}

async function next(messages: AsyncGenerator<Message, undefined>): Promise<Message> {
  const { value } = await messages.next();
  if (!value) throw new Error('the server closed the connection');
  if (value.type === 'E') throw new Error(/\0M([^\0]*)/.exec(`\0${value.body}`)?.[1] ?? 'refused');
  return value;
}

/** By trust, md5 or SCRAM-SHA-256 (RFC 5802, 7677), until the server is ready for a query. */
async function logIn(
  socket: Socket,
  messages: AsyncGenerator<Message, undefined>,
  { user, password }: WireLogin,
): Promise<void> {
  const own = `n=,r=${randomBytes(18).toString('base64')}`;
  for (;;) {
    const { type, body } = await next(messages);
    if (type === 'Z') return;
    if (type !== 'R') continue;
    const kind = body.readUInt32BE(0);
    if (kind === 0 || kind === 12) continue;
    if (password === undefined) throw new Error('the server asks for a password');
    if (kind === 5) {
      const inner = md5(Buffer.from(password + user));
      const outer = md5(Buffer.concat([Buffer.from(inner), body.subarray(4)]));
      socket.write(message('p', text(`md5${outer}`)));
    } else if (kind === 10 && body.includes('SCRAM-SHA-256\0')) {
      const first = Buffer.from(`n,,${own}`);
      socket.write(message('p', Buffer.concat([text('SCRAM-SHA-256'), length(first.length), first])));
    } else if (kind === 11) {
      socket.write(message('p', Buffer.from(proofFor(own, body.toString('utf8', 4), password))));
    } else throw new Error('the server asks for another kind of login');
  }
}

/** The client's last word. What the server would prove in its turn is not asked: it is held against the other way. */
function proofFor(own: string, challenge: string, password: string): string {
  const [nonce = '', salt = '', rounds = ''] = challenge.split(',').map(part => part.slice(2));
  if (!nonce.startsWith(own.slice('n=,r='.length))) throw new Error('the server answers another login');
  const salted = pbkdf2Sync(
    password.normalize('NFKC'),
    Buffer.from(salt, 'base64'),
    Number(rounds),
    32,
    'sha256',
  );
  const last = `c=biws,r=${nonce}`;
  const clientKey = hmac(salted, 'Client Key');
  const signature = hmac(createHash('sha256').update(clientKey).digest(), `${own},${challenge},${last}`);
  const proof = clientKey.map((byte, at) => byte ^ signature[at]!);
  return `${last},p=${Buffer.from(proof).toString('base64')}`;
}

function startup({ user, database }: WireLogin): Buffer {
  const settings = { user, database, client_encoding: 'UTF8', application_name: 'db-orchestrate' };
  const words = Object.entries(settings).flatMap(([name, value]) => [text(name), text(value)]);
  const body = Buffer.concat([length(196608), ...words, Buffer.alloc(1)]); // version 3.0
  return Buffer.concat([length(body.length + 4), body]);
}

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), length(body.length + 4), body]);
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

function length(bytes: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(bytes);
  return buffer;
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

function hmac(key: Buffer, value: string): Buffer {
  return createHmac('sha256', key).update(value).digest();
}
