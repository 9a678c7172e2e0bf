import type { Server } from '../../contract/adapter.ts';
import { loadDump } from '../../pipeline/load-dump.ts';
import type { AccessStatement } from '../../postgres/dump-text/access-block.ts';
import { literal } from '../../postgres/quote.ts';
import { quickSettings } from '../load/quick-settings.ts';
import type { RestorePlan } from './plan-restore.ts';

/** Gives a new database that was loaded its owners and grants. Rejects as `load` does. */
export async function applyAccess(plan: RestorePlan, database: string, server: Server): Promise<void> {
  const text = accessText(plan);
  if (text.length === 0) return;
  await loadDump(server, database, async write => {
    await write(Buffer.from(quickSettings(1)));
    for (const statement of text) await write(statement);
  });
}

/** The statements that give owners and grants; what names a role that is missing here is left out. */
export function accessText({ file: { facts }, missingRoles, may }: RestorePlan): Buffer[] {
  const possible = facts.access.filter(({ roles }) => !roles.some(role => missingRoles.includes(role)));
  const statements = may.superuser ? possible : withoutSuperuser(possible);
  if (statements.length === 0) return [];
  const lines = statements.map(({ text }) => Buffer.concat([text, Buffer.from('\n')]));
  return [Buffer.from(accessSettings(facts.encoding)), ...lines];
}

/**
 * Only a superuser can grant as others than the owner, and make a role the owner of something in a schema where that
 * role may not create: grants on schemas, which stand at the end of a dump, come first then.
 */
function withoutSuperuser(statements: readonly AccessStatement[]): AccessStatement[] {
  const own = statements.filter(({ text }) => !/^(?:RE)?SET /.test(start(text)));
  const ofSchema = ({ text }: AccessStatement) =>
    /^(?:ALTER SCHEMA|(?:GRANT|REVOKE) [A-Z, ]+ ON SCHEMA) /.test(start(text));
  return [...own.filter(ofSchema), ...own.filter(statement => !ofSchema(statement))];
}

function start(text: Buffer): string {
  return text.toString('latin1', 0, 80);
}

/** Grants do not fire the event triggers that came with the dump; only a superuser can have brought some. */
function accessSettings(encoding: string | undefined): string {
  const client = encoding === undefined ? '' : `SET client_encoding = ${literal(encoding)};\n`;
  return `${client}SELECT set_config('session_replication_role', 'replica', false)
    FROM pg_roles WHERE rolname = current_user AND rolsuper;\n`;
}
