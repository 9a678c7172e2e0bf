import { exclusionOf } from '../../catalog/left-out.ts';
import type { Target } from '../../config/config.ts';
import { ClientFailure, QueryFailure, type Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { interruption, OrchestrateError } from '../../errors.ts';
import { dumpForm } from '../../postgres/comparison/dump-form.ts';
import { openSnapshot } from '../../postgres/snapshot.ts';
import { type ComparedDump, compareDumps, type DumpDifference } from '../comparison/compare-dumps.ts';
import { readDatabase } from '../comparison/read-database.ts';
import type { CheckedFile } from '../file/check-file.ts';
import { dumpedAccess, type ReadFile } from '../file/read-file.ts';
import { fillDatabase } from '../replacement/fill-database.ts';
import { planRestore, type RestorePlan } from '../replacement/plan-restore.ts';
import { openScratch, type Scratch } from './open-scratch.ts';
import { notRewritten } from './rewritten-objects.ts';
import type { ScratchAhead } from './scratch-ahead.ts';

export interface ProofResult {
  /** Whether what was restored could be compared: without the pg_dump that wrote the file it is loaded and counted only. */
  readonly level: 'restored' | 'proven';
  /** "PostgreSQL 15.18 …" */
  readonly server: string;
  readonly serverVersion: string;
  /** `proven` only: what is different in the scratch server. */
  readonly difference?: DumpDifference;
}

/** For tests: what happens to the scratch database after it was filled. */
export type WhenRestored = (scratch: Scratch, database: string) => Promise<void>;

/**
 * Restores a file to a scratch server, dumps that again and compares. The live database is not touched. Rejects with
 * `bad-file` when it cannot be restored, `no-client` when there is no server to restore it to.
 */
export async function prove(
  read: ReadFile,
  target: Target,
  ahead: ScratchAhead | undefined,
  open: () => Promise<Server>,
  run: RunContext,
  whenRestored: WhenRestored = async () => undefined,
): Promise<ProofResult> {
  const { file } = read;
  const scratch = await openScratch(file, target, ahead, open, run);
  try {
    const { server, maintenance } = scratch;
    const database = scratch.name('restored');
    const plan = await planProof(file, database, target, scratch);
    await fillDatabase(
      database,
      plan,
      { owners: true, analyze: false, jobs: scratch.jobs },
      server,
      maintenance,
      run,
    );
    await whenRestored(scratch, database);
    const result = { server: server.describe, serverVersion: server.version.text };
    if (!isMajorOf(file, server.clientVersion.major)) return { ...result, level: 'restored' };
    const snapshot = await openSnapshot(server, database, exclusionOf(file.manifest));
    const restored = await readDatabase(server, snapshot, dumpForm(read.contents), scratch.jobs, run);
    const difference = await compareDumps(whatFileSays(read, plan), restored);
    const changed = await notRewritten(difference.changed, plan, read.data, restored.contents, scratch, run);
    return { ...result, level: 'proven', difference: { ...difference, changed } };
  } catch (error) {
    throw asProofFailure(error, file, run);
  } finally {
    await scratch.close();
  }
}

async function planProof(
  file: CheckedFile,
  database: string,
  target: Target,
  scratch: Scratch,
): Promise<RestorePlan> {
  const plan = await planRestore(scratch.server, scratch.maintenance, file, {
    target: target.name,
    database,
    owners: true,
    mode: 'swap',
    safetyBackup: false,
    atOnce: scratch.throwaway,
  });
  const [obstacle] = plan.obstacles;
  if (!obstacle) return plan;
  throw new OrchestrateError(
    'no-client',
    `${scratch.server.describe} cannot take the backup for a proof: ${plan.obstacles.map(({ what }) => what).join('; ')}`,
    { hint: obstacle.remedy },
  );
}

/** Roles are missing only where the scratch database is beside the live one; what they own and may do is left out. */
function whatFileSays({ file, contents }: ReadFile, { missingRoles }: RestorePlan): ComparedDump {
  const { statements, complete } = dumpedAccess(file, contents);
  const possible = statements.filter(({ roles }) => !roles.some(role => missingRoles.includes(role)));
  return { contents, access: { statements: possible, complete }, read: file.read };
}

function isMajorOf({ facts }: CheckedFile, major: number): boolean {
  return Number.parseInt(facts.pgDumpVersion ?? '', 10) === major;
}

/** A statement that the server refuses is the file's fault; a server that fails under it, or is not fit for it, is not. */
function asProofFailure(error: unknown, { path }: CheckedFile, run: RunContext): unknown {
  if (run.signal.aborted) return interruption(run.signal);
  const cause =
    error instanceof OrchestrateError && error.code === 'restore-failed' ? (error.cause ?? error) : error;
  if (cause instanceof ClientFailure && cause.exitCode === stoppedAtError && !ownTrouble.test(cause.stderr))
    return new OrchestrateError(
      'bad-file',
      `${path} did not prove: it cannot be restored: ${cause.stderr.trim()}`,
      { cause },
    );
  if (cause instanceof ClientFailure || cause instanceof QueryFailure)
    return new OrchestrateError('no-client', `the scratch server for the proof failed: ${cause.message}`, {
      cause,
    });
  if (cause instanceof OrchestrateError && cause.code === 'restore-failed')
    return new OrchestrateError('bad-file', `${path} did not prove: ${cause.message}`, { cause });
  return error;
}

/** Of psql with ON_ERROR_STOP. */
const stoppedAtError = 3;
const ownTrouble =
  /No space left on device|could not (?:extend|write|resize)|out of (?:shared )?memory|terminating connection/;
