import type { Server } from '../contract/adapter.ts';
import { type AccessStatement, formatAccess } from './dump-text/access-block.ts';
import { createAccessStatements } from './dump-text/access-statements.ts';
import { createDumpReader } from './dump-text/dump-reader.ts';
import { rolesNamed } from './dump-text/roles-named.ts';
import { largeObjectAccess } from './large-object-access.ts';
import type { Snapshot } from './snapshot.ts';

/** Owners, grants and default privileges of a database's objects, which a dump with -O -x leaves out. */
export interface Access {
  /** SQL comment lines that go into the dump, in the dump's encoding. */
  readonly block: Buffer;
  readonly statements: readonly AccessStatement[];
  /** Roles that are named in them. */
  readonly roles: string[];
}

/** Asks a schema-only dump of the same snapshot for them, and the catalog for those of large objects. Rejects as `dump` does. */
export async function dumpAccess(
  server: Server,
  snapshot: Snapshot,
  args: readonly string[] = [],
): Promise<Access> {
  const dump = await server.dump({
    database: snapshot.facts.name,
    args: ['--schema-only', ...args, ...snapshot.dumpArguments],
  });
  const found = createAccessStatements();
  const reader = createDumpReader({ onRestriction: () => undefined, onStatement: found.statement });
  for await (const chunk of dump.stdout) reader.push(chunk as Buffer);
  await dump.done;
  reader.end();
  const statements = [...found.end(), ...(await largeObjectAccess(snapshot.session)).map(ofLargeObject)];
  // latin1 keeps every byte, whatever the encoding of the dump is.
  const block = Buffer.from(formatAccess(statements.map(({ text }) => text.toString('latin1'))), 'latin1');
  return { block, statements, roles: [...new Set(statements.flatMap(({ roles }) => roles))].sort() };
}

function ofLargeObject(statement: string): AccessStatement {
  const text = Buffer.from(statement, 'latin1');
  return { text, roles: rolesNamed(statement.slice(0, statement.indexOf(' ')), text) };
}
