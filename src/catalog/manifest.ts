import { z } from 'zod';
import type { DatabaseFacts } from '../postgres/database-facts.ts';

const databaseFacts: z.ZodType<DatabaseFacts> = z.object({
  name: z.string(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  provider: z.string(),
  locale: z.string().nullable(),
  icuRules: z.string().nullable(),
  tablespace: z.string(),
  owner: z.string(),
  connectionLimit: z.number(),
  comment: z.string().nullable(),
  privileges: z
    .array(z.object({ grantee: z.string().nullable(), privilege: z.string(), grantable: z.boolean() }))
    .nullable(),
  settings: z.array(z.object({ role: z.string().nullable(), name: z.string(), value: z.string() })),
});

/** What the last look at a backup found. */
const proof = z.object({
  /** Read to its end; loaded without an error; loaded, and what was there is what the file says; or none of these. */
  level: z.enum(['quick', 'restored', 'proven', 'failed']),
  at: z.iso.datetime(),
  seconds: z.number(),
  /** Version of the server that it was restored to. */
  server: z.string().optional(),
  tables: z.number().optional(),
  rows: z.number().optional(),
});

export type Proof = z.infer<typeof proof>;

/** What stands beside each backup as `<file>.json`. Format 1; readers ignore keys they do not know. */
const manifestSchema = z.object({
  format: z.literal(1),
  tool: z.string(),
  target: z.string(),
  adapter: z.string(),
  origin: z.enum(['manual', 'guard', 'before-restore']),
  label: z.string().optional(),
  /** ISO 8601, UTC. */
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  serverVersion: z.string(),
  dumpVersion: z.string(),
  database: databaseFacts,
  extensions: z.array(z.object({ name: z.string(), version: z.string(), schema: z.string() })),
  /** Settings that decide how the text is written, and libraries that the server had loaded. */
  serverSettings: z.record(z.string(), z.string()).optional(),
  /** Roles that own something or are granted something in the backup. */
  roles: z.array(z.string()),
  /** Tables that were left out, or whose rows were; a backup that left something out is partial. */
  leftOut: z.array(z.object({ what: z.enum(['table', 'rows']), name: z.string() })),
  /** Roles and tablespaces, in a file beside this one: its size, and whether password hashes are in it. */
  globals: z.object({ bytes: z.number(), passwords: z.boolean() }).optional(),
  /** Bytes of dump text. */
  rawBytes: z.number(),
  /** Bytes of the stored file. */
  bytes: z.number(),
  /** Of the stored file, hexadecimal. */
  sha256: z.string(),
  /**
   * Runs of whole gzip members that the file consists of, in its order, each with its share of bytes and rawBytes. Those
   * between the first and the last hold rows of tables only (COPY statements), and can be read and loaded by themselves.
   */
  parts: z.array(z.object({ bytes: z.number(), rawBytes: z.number() })).optional(),
  git: z.object({ commit: z.string(), branch: z.string().nullable() }).optional(),
  proof: proof.nullable(),
});

export type Manifest = z.infer<typeof manifestSchema>;

export function manifestName(fileName: string): string {
  return `${fileName}.json`;
}

/** The file of roles and tablespaces. */
export function globalsName(fileName: string): string {
  return `${fileName}.globals.sql`;
}

/** What may stand beside a backup, and comes and goes with it. */
export function companionNames(fileName: string): string[] {
  return [globalsName(fileName), manifestName(fileName)];
}

/** Undefined when the text is no manifest that this version can read. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
