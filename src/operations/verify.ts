import type { Proof } from '../catalog/manifest.ts';
import type { Target, VerifyLevel } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { recordProof } from '../store/record-proof.ts';
import { serverWhenNeeded } from '../targets/server-when-needed.ts';
import { type Difference, differencesInWords } from './comparison/differences.ts';
import { type CheckedFile, checkFile } from './file/check-file.ts';
import type { ChosenFile } from './file/choose-backup.ts';
import { readFile } from './file/read-file.ts';
import { rowsByTable } from './file/rows-by-table.ts';
import { prove, type WhenRestored } from './proof/prove.ts';
import { type ScratchAhead, scratchAhead } from './proof/scratch-ahead.ts';
import { withHooks } from './with-hooks.ts';

export interface VerifyResult {
  readonly path: string;
  readonly level: VerifyLevel;
  readonly proof: Proof;
  /** Rows as the file has them, by table. */
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  /** The server that it was restored to; undefined for `quick`. */
  readonly server: string | undefined;
}

export interface VerifyRequest {
  readonly level: VerifyLevel;
  /** Whose adapter gives the scratch server, and pg_restore for archives; `quick` on a plain file needs none. */
  readonly target: Target | undefined;
  /** For tests. */
  readonly whenRestored?: WhenRestored;
}

/** Proves a backup as `verifyFile` does, and runs the target's hook when that fails. */
export function verify(chosen: ChosenFile, request: VerifyRequest, run: RunContext): Promise<VerifyResult> {
  const work = () => verifyFile(chosen, request, run);
  return request.target ? withHooks(request.target, { file: chosen.path }, run, work) : work();
}

/**
 * Proves a backup, and records in its manifest what was found. Rejects with `bad-file` when it is damaged or did not
 * prove, its `document` being what a script is told; `no-client` when there is nothing to prove it with.
 */
export async function verifyFile(
  chosen: ChosenFile,
  { level, target, whenRestored }: VerifyRequest,
  run: RunContext,
): Promise<VerifyResult> {
  const startedAt = run.now();
  const { path } = chosen;
  if (level === 'full' && !target) throw noTarget();
  // Its pg_restore reads archives, and it knows what a file without a manifest does not say.
  const reach = target && serverWhenNeeded(target, run);
  const foundOut = async (found: Proof['level'], more: Partial<Proof> = {}): Promise<Proof> => {
    const now = run.now();
    const seconds = (now.getTime() - startedAt.getTime()) / 1000;
    const proof = { level: found, at: now.toISOString(), seconds, ...more };
    await record(chosen, proof, run);
    return proof;
  };
  const isDamaged = withDocument(path, level);
  let ahead: ScratchAhead | undefined;
  try {
    if (level === 'quick' || !target) {
      const { tables, counts } = countRows(await checkFile(chosen, run, reach?.open).catch(isDamaged));
      return { path, level, tables, server: undefined, proof: await foundOut('quick', counts) };
    }
    ahead = scratchAhead(chosen.backup?.manifest, target, reach!.open, run);
    const read = await readFile(chosen, run, reach!.open).catch(isDamaged);
    const { tables, counts } = countRows(read.file);
    const proved = await prove(read, target, ahead, reach!.open, run, whenRestored).catch(async error => {
      if (isBadFile(error)) await foundOut('failed', counts);
      return isDamaged(error);
    });
    const differences = differencesInWords(proved.difference, ['the file', 'what was restored']);
    const found = differences.length > 0 ? 'failed' : proved.level;
    const proof = await foundOut(found, { ...counts, server: proved.serverVersion });
    if (differences.length > 0) throw didNotProve(path, level, tables, differences);
    return { path, level, proof, tables, server: proved.server };
  } finally {
    await ahead?.close();
    await reach?.close();
  }
}

function countRows(file: CheckedFile) {
  const tables = rowsByTable(file).map(({ name, rows }) => ({ name, rows }));
  return {
    tables,
    counts: { tables: tables.length, rows: tables.reduce((sum, { rows }) => sum + rows, 0) },
  };
}

/** A damaged file is a result for a script, too. */
function withDocument(path: string, level: VerifyLevel): (error: unknown) => never {
  return error => {
    if (!isBadFile(error)) throw error;
    const { message, hint, cause } = error;
    const document = documentOf(path, level, [], [{ object: 'file', what: message }]);
    throw new OrchestrateError('bad-file', message, { hint, cause, document });
  };
}

function isBadFile(error: unknown): error is OrchestrateError {
  return error instanceof OrchestrateError && error.code === 'bad-file';
}

/** What only reading it shows does not take the place of what a restore showed. */
async function record({ path, backup }: ChosenFile, proof: Proof, run: RunContext): Promise<void> {
  if (!backup?.manifest) return;
  const before = backup.manifest.proof?.level ?? 'quick';
  if (proof.level === 'quick' && before !== 'quick') return;
  await recordProof(path, proof, run.id).catch(error => {
    // Backups may lie where nothing can be written; what was found is told all the same.
    const message = `the result cannot be kept in the manifest: ${error.message}`;
    run.emit({ type: 'warning', message });
  });
}

function noTarget(): OrchestrateError {
  return new OrchestrateError('usage', 'a full proof needs a target, whose kind of server it restores to', {
    hint: 'Set DATABASE_URL or write a config file; or check the file alone with: db-orchestrate verify --quick',
  });
}

function didNotProve(
  path: string,
  level: VerifyLevel,
  tables: VerifyResult['tables'],
  differences: readonly Difference[],
): OrchestrateError {
  const first = differences.slice(0, shown).map(({ object, what }) => `${object}: ${what}`);
  const more = differences.length > shown ? `\nand ${differences.length - shown} more` : '';
  return new OrchestrateError('bad-file', `${path} did not prove:\n${first.join('\n')}${more}`, {
    hint: 'Do not rely on this backup. Make a new one with: db-orchestrate backup --verify',
    document: documentOf(path, level, tables, differences),
  });
}

const shown = 10;

/** What a script is told of a backup that did not prove. */
function documentOf(
  path: string,
  level: VerifyLevel,
  tables: VerifyResult['tables'],
  differences: readonly Difference[],
) {
  return { path, level, ok: false, proven: false, tables, differences };
}
