/** Session settings that pg_dump of a version writes at the head of every dump, and older servers refuse. */
const settings = [{ name: 'transaction_timeout', line: /^SET transaction_timeout = 0;\n/m, since: 17 }];

/** Names of those that a pg_dump of one major writes and a server of the other does not know. */
export function newerSettings(dumpMajor: number, serverMajor: number): string[] {
  return settings.filter(({ since }) => serverMajor < since && since <= dumpMajor).map(({ name }) => name);
}

/** A statement, unless it is one of those. */
export function withoutNewer(statement: Buffer, serverMajor: number): Buffer {
  const line = `${statement.toString('latin1', 0, 100)}\n`;
  return settings.some(({ line: newer, since }) => serverMajor < since && newer.test(line))
    ? Buffer.alloc(0)
    : statement;
}

const longestHead = 64 * 1024;
const endOfHead = /^SELECT pg_catalog\.set_config\('search_path'/m;

/**
 * Leaves out of a dump's head what a server of that major does not know: pg_dump 17 writes for a server 15 what no
 * server 15 accepts.
 */
export async function* withoutNewerSettings(
  text: AsyncIterable<Buffer>,
  serverMajor: number,
): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of text) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < longestHead) continue;
    yield shortened(head, serverMajor);
    head = undefined;
  }
  if (head) yield shortened(head, serverMajor);
}

function shortened(start: Buffer, serverMajor: number): Buffer {
  // latin1: one character a byte.
  const text = start.toString('latin1', 0, longestHead);
  const end = endOfHead.exec(text)?.index ?? 0;
  let head = text.slice(0, end);
  for (const { line, since } of settings) if (serverMajor < since) head = head.replace(line, '');
  return Buffer.concat([Buffer.from(head, 'latin1'), start.subarray(end)]);
}
