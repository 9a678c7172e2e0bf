import { basename, join } from 'node:path';
import { backupFileName, localStamp, parseBackupFileName, prefixFromDatabase } from '../catalog/file-name.ts';
import { gitCheckout } from '../catalog/git-checkout.ts';
import type { Manifest } from '../catalog/manifest.ts';
import type { Target } from '../config/config.ts';
import { ClientFailure, QueryFailure, type Server } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { interruption, OrchestrateError } from '../errors.ts';
import { dumpGlobals } from '../postgres/dump-globals.ts';
import { lockDatabase, openMaintenance } from '../postgres/maintenance.ts';
import { openSnapshot, type Snapshot } from '../postgres/snapshot.ts';
import { publishBackup } from '../store/publish-backup.ts';
import { stageFile } from '../store/staged-file.ts';
import { sweepLeftovers } from '../store/sweep.ts';
import { openTarget } from '../targets/open-target.ts';
import { toolVersion } from '../tool-version.ts';
import { dumpInto } from './dump/dump-into.ts';
import { jobsOf } from './jobs.ts';

export interface BackupRequest {
  readonly label?: string | undefined;
  readonly origin?: Manifest['origin'];
  /** Another database than the one that the target names. */
  readonly database?: string;
}

export interface BackupResult {
  readonly target: string;
  /** Of a target that has several. */
  readonly database?: string | undefined;
  readonly path: string;
  readonly id: string;
  readonly manifest: Manifest;
  /** Wall time of the whole backup. */
  readonly seconds: number;
}

/**
 * Makes one backup of one target's database: a dump of one moment, checked, published only when whole.
 * Rejects with `unreachable`, `no-client`, `usage`, `backup-failed` or `interrupted`; then nothing was published.
 */
export async function backup(target: Target, request: BackupRequest, run: RunContext): Promise<BackupResult> {
  return withServer(target, run, async server => {
    const { database } = server;
    await lockDatabase(await openMaintenance(server, database, database), database, 'shared', run);
    return makeBackup(server, target, request, run);
  });
}

/** Makes a backup of a database that another run does not change meanwhile: the caller holds the lock. Rejects as `backup` does. */
export async function makeBackup(
  server: Server,
  target: Target,
  request: BackupRequest,
  run: RunContext,
): Promise<BackupResult> {
  const startedAt = run.now();
  try {
    await clearLeftovers(target, run);
    // What the tool makes by itself is a way back, and so has to have all of it.
    const exclude = (request.origin ?? 'manual') === 'manual' ? target.exclude : undefined;
    const snapshot = await openSnapshot(server, request.database ?? server.database, exclude);
    try {
      tellExclusion(snapshot, target, run);
      return await publishDump(server, snapshot, target, request, startedAt, run);
    } finally {
      await snapshot.session.close();
    }
  } catch (error) {
    throw asBackupFailure(error, run);
  }
}

async function publishDump(
  server: Server,
  snapshot: Snapshot,
  target: Target,
  { label, origin = 'manual' }: BackupRequest,
  startedAt: Date,
  run: RunContext,
): Promise<BackupResult> {
  const git = gitCheckout(run.cwd);
  const staged = await stageFile(target.directory, run.id);
  try {
    const { written, access } = await dumpInto(staged, server, snapshot, jobsOf(target), run);
    const globals = target.globals
      ? await dumpGlobals(server, { passwords: target.globals === 'with-passwords' })
      : undefined;
    const finishedAt = run.now();
    const manifest: Manifest = {
      format: 1,
      tool: `db-orchestrate ${toolVersion()}`,
      target: target.name,
      adapter: target.adapter.name,
      origin,
      ...(label === undefined ? {} : { label }),
      startedAt: startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      serverVersion: server.version.text,
      dumpVersion: server.clientVersion.text,
      database: snapshot.facts,
      extensions: [...snapshot.extensions],
      serverSettings: snapshot.serverSettings,
      roles: access.roles,
      leftOut: [...snapshot.exclusion.leftOut],
      ...(globals && { globals: { bytes: globals.text.length, passwords: globals.passwords } }),
      ...written,
      git: await git,
      proof: null,
    };
    run.signal.throwIfAborted();
    const prefix = prefixOf(target, snapshot.facts.name);
    const path = await publishBackup(
      staged,
      { manifest, globals: globals?.text },
      {
        directory: target.directory,
        prefix,
        runId: run.id,
      },
    );
    const seconds = (finishedAt.getTime() - startedAt.getTime()) / 1000;
    const { name, database } = target;
    return { target: name, database, path, id: parseBackupFileName(basename(path))!.id, manifest, seconds };
  } finally {
    await staged.discard();
  }
}

/** What a backup would do, found out by reaching the server; nothing is made. Rejects as `backup` does. */
export async function planBackup(
  target: Target,
  run: RunContext,
): Promise<{ target: string; path: string; id: string; from: string }> {
  return withServer(target, run, async server => {
    await server.session(server.database); // one that is missing is no reason not to reach the server
    const path = join(target.directory, backupFileName(prefixOf(target, server.database), run.now()));
    return {
      target: target.name,
      path,
      id: localStamp(run.now()),
      from: `${server.database} of ${server.describe}`,
    };
  });
}

async function withServer<Result>(
  target: Target,
  run: RunContext,
  work: (server: Server) => Promise<Result>,
): Promise<Result> {
  const server = await openTarget(target, run);
  try {
    return await work(server);
  } catch (error) {
    throw asBackupFailure(error, run);
  } finally {
    await server.close();
  }
}

function prefixOf(target: Target, database: string): string {
  return target.prefix ?? prefixFromDatabase(database);
}

function tellExclusion({ exclusion, facts }: Snapshot, { database }: Target, run: RunContext): void {
  // Where there are several databases, few patterns are about all of them.
  const type = database === undefined ? 'warning' : 'detail';
  for (const { key, pattern } of exclusion.idle) {
    const message = `exclude.${key}: ${JSON.stringify(pattern)} leaves nothing out of database ${facts.name}`;
    run.emit({ type, message });
  }
  if (exclusion.stranded.length > 0)
    run.emit({
      type: 'warning',
      message: `a restore of this backup will stop at what needs what is left out; leave that out, too: ${exclusion.stranded.join(', ')}`,
    });
}

async function clearLeftovers(target: Target, run: RunContext): Promise<void> {
  for (const name of await sweepLeftovers(target.directory, run.now())) {
    run.emit({
      type: 'notice',
      message: `cleared what an interrupted run left: ${join(target.directory, name)}`,
    });
  }
}

function asBackupFailure(error: unknown, run: RunContext): unknown {
  if (run.signal.aborted) return interruption(run.signal);
  // What pg_dump writes and our reader refuses is no bad file of anybody's.
  if (error instanceof OrchestrateError && error.code !== 'bad-file') return error;
  const isExpected =
    error instanceof OrchestrateError ||
    error instanceof ClientFailure ||
    error instanceof QueryFailure ||
    isSystemError(error);
  if (!isExpected) return error;
  return new OrchestrateError('backup-failed', `the backup failed: ${error.message}`, { cause: error });
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
