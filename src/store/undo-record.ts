import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { stageFile } from './staged-file.ts';

const schema = z.object({
  format: z.literal(1),
  database: z.string(),
  /** ISO 8601, UTC. */
  replacedAt: z.iso.datetime(),
  /** Of the database that was replaced; null when nobody could tell. */
  bytes: z.number().nullable(),
  /** After a swap: the name that it is kept under. */
  kept: z.string().optional(),
  /** After a restore in place: the backup made before it, and the transaction that replaced what was there. */
  inPlace: z
    .object({ backup: z.string(), transaction: z.string().regex(/^\d+$/), systemIdentifier: z.string() })
    .optional(),
});

/** What the last restore of a target replaced, kept beside its backups: `list` tells of it without a server. */
export type UndoRecord = z.infer<typeof schema>;

/** Undefined when there is none that this version can read. */
export async function readUndoRecord(directory: string, target: string): Promise<UndoRecord | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(recordPath(directory, target), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Replaces the one before it. */
export async function writeUndoRecord(
  directory: string,
  target: string,
  record: UndoRecord,
  runId: string,
): Promise<void> {
  const staged = await stageFile(directory, runId);
  try {
    await staged.handle.writeFile(`${JSON.stringify(record, null, 2)}\n`);
    await staged.replace(recordName(target));
  } finally {
    await staged.discard();
  }
}

export async function removeUndoRecord(directory: string, target: string): Promise<void> {
  await unlink(recordPath(directory, target)).catch(error => {
    if (error.code !== 'ENOENT') throw error;
  });
}

function recordPath(directory: string, target: string): string {
  return join(directory, recordName(target));
}

function recordName(target: string): string {
  return `.db-orchestrate-undo.${target}.json`;
}
