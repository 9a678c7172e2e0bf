import type { Server } from '../contract/adapter.ts';
import { formatAccess } from './dump-text/access-block.ts';
import { createDumpReader } from './dump-text/dump-reader.ts';
import { rolesNamed } from './dump-text/roles-named.ts';
import { largeObjectAccess } from './large-object-access.ts';
import type { Snapshot } from './snapshot.ts';

/** Owners, grants and default privileges of a database's objects, which a dump with -O -x leaves out. */
export interface Access {
  /** SQL comment lines that go into the dump, in the dump's encoding. */
  readonly block: Buffer;
  /** Roles that are named in them. */
  readonly roles: string[];
}

/** Asks a schema-only dump of the same snapshot for them, and the catalog for those of large objects. Rejects as `dump` does. */
export async function dumpAccess(server: Server, snapshot: Snapshot): Promise<Access> {
  const dump = await server.dump({
    database: snapshot.facts.name,
    args: ['--schema-only', ...snapshot.dumpArguments],
  });
  const statements: string[] = [];
  const roles = new Set<string>();
  const add = (keyword: string, text: Buffer) => {
    // latin1 keeps every byte, whatever the encoding of the dump is.
    statements.push(text.toString('latin1'));
    for (const role of rolesNamed(keyword, text)) roles.add(role);
  };
  const reader = createDumpReader({
    onRestriction: () => undefined,
    onStatement({ keyword, text }) {
      if (isAccess(keyword, text)) add(keyword, text);
    },
  });
  for await (const chunk of dump.stdout) reader.push(chunk as Buffer);
  await dump.done;
  reader.end();
  for (const statement of await largeObjectAccess(snapshot.session))
    add(statement.slice(0, statement.indexOf(' ')), Buffer.from(statement, 'latin1'));
  return { block: Buffer.from(formatAccess(statements), 'latin1'), roles: [...roles].sort() };
}

/** A grant by another role than the owner stands between SET and RESET SESSION AUTHORIZATION. */
function isAccess(keyword: string, text: Buffer): boolean {
  if (keyword === 'GRANT' || keyword === 'REVOKE') return true;
  const statement = text.toString('latin1');
  if (keyword === 'ALTER')
    return /^ALTER DEFAULT PRIVILEGES | OWNER TO (?:"(?:[^"]|"")+"|\S+);\s*$/.test(statement);
  return /^(?:SET|RESET) SESSION AUTHORIZATION\b/.test(statement);
}
