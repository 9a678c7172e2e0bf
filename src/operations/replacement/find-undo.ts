import { join } from 'node:path';
import type { Target } from '../../config/config.ts';
import type { Server, Session } from '../../contract/adapter.ts';
import { isCommitted } from '../../postgres/committed.ts';
import { databaseFacts } from '../../postgres/database-facts.ts';
import { keptDatabases } from '../../postgres/kept-databases.ts';
import { systemIdentifier } from '../../postgres/present.ts';
import { readUndoRecord } from '../../store/undo-record.ts';

/** What the last restore of a target's database replaced, and where it is kept. */
export interface Undo {
  readonly since: Date;
  /** Of the database that was replaced; null when this role may not know. */
  readonly bytes: number | null;
  /** The name of the kept database, after a swap. */
  readonly kept?: string;
  /** The path of the backup that was made before a restore in place. */
  readonly backup?: string;
}

/** The newest of what the server keeps and what the record tells of a restore in place; undefined when there is none. */
export async function findUndo(
  target: Target,
  { database }: Pick<Server, 'database'>,
  maintenance: Session,
): Promise<Undo | undefined> {
  const [kept] = await keptDatabases(maintenance, database);
  const record = await readUndoRecord(target.directory, target.name);
  if (record?.inPlace && record.database === database) {
    const { backup, transaction, systemIdentifier: system } = record.inPlace;
    const since = new Date(record.replacedAt);
    const isNewer = kept === undefined || since > kept.since;
    if (
      isNewer &&
      system === (await systemIdentifier(maintenance)) &&
      (await isCommitted(transaction, maintenance))
    )
      return { since, bytes: record.bytes, backup: join(target.directory, backup) };
  }
  if (!kept) return undefined;
  const bytes = (await databaseFacts(maintenance, kept.name))?.bytes ?? null;
  return { since: kept.since, bytes, kept: kept.name };
}
