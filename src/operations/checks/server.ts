import type { Target } from '../../config/config.ts';
import {
  ClientFailure,
  QueryFailure,
  type ScratchMajors,
  type Server,
  type Session,
} from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { OrchestrateError } from '../../errors.ts';
import { databaseFacts } from '../../postgres/database-facts.ts';
import { freeConnections } from '../../postgres/free-connections.ts';
import { lockDatabase, openMaintenance } from '../../postgres/maintenance.ts';
import { type MayReplace, mayReplace } from '../../postgres/may-replace.ts';
import { withSession } from '../../postgres/with-session.ts';
import { sizeInWords } from '../../report/words.ts';
import { openTarget } from '../../targets/open-target.ts';
import { withinFolder } from '../../targets/within-folder.ts';
import { jobsOf } from '../jobs.ts';
import { asWarning, type Check, failed, looked, ok, warning } from './check.ts';
import { clockCheck } from './clock.ts';
import { readingRights } from './reading-rights.ts';
import { restoringChecks } from './restoring.ts';

/** A target's server as far as it was reached, and what was found on the way and there. */
export interface Reached {
  readonly checks: readonly Check[];
  readonly open?: { readonly server: Server; readonly maintenance: Session };
  readonly majors?: ScratchMajors;
  readonly may?: MayReplace;
  close(): Promise<void>;
}

/** Follows the way to the server, and asks it what a backup and a restore would have to know. */
export async function reachTarget(target: Target, run: RunContext): Promise<Reached> {
  const steps = await followSteps(target, run);
  let server: Server;
  try {
    server = await openTarget(target, run);
  } catch (error) {
    if (!(error instanceof OrchestrateError)) throw error;
    const isSaid = steps.some(({ detail, level }) => level === 'failed' && detail === error.message);
    return { checks: [...steps, ...(isSaid ? [] : [failed('server', error)])], close: async () => undefined };
  }
  // There was another way.
  const passed = steps.map(step => (step.level === 'failed' ? { ...step, level: 'warning' as const } : step));
  const close = () => server.close();
  try {
    return { ...(await askServer(server, passed, target, run)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Up to the first that fails. */
async function followSteps(target: Target, run: RunContext): Promise<Check[]> {
  const { adapter, options } = target;
  const checks: Check[] = [];
  for (const { name, look } of adapter.steps ?? []) {
    const found = await looked(name, async () => ok(name, await look(options, withinFolder(target, run))));
    checks.push(...found);
    if (found.some(({ level }) => level === 'failed')) break;
  }
  return checks;
}

async function askServer(
  server: Server,
  before: readonly Check[],
  target: Target,
  run: RunContext,
): Promise<Omit<Reached, 'close'>> {
  const { describe, database, version, clientVersion } = server;
  const checks = [...before, ok('server', `${describe}; pg_dump ${clientVersion.text} can dump it`)];
  const majors = { serverMajor: version.major, dumpMajor: clientVersion.major };
  let maintenance: Session;
  try {
    maintenance = await openMaintenance(server, database, database);
  } catch (error) {
    if (!(error instanceof OrchestrateError)) throw error;
    return { checks: [...checks, failed('database', error)], majors };
  }
  const may = await mayReplace(maintenance, database);
  const ask = (name: string, look: () => Promise<Check | Check[]>) => looked(name, () => told(look));
  const rest = [
    await ask('database', () => databaseCheck(server, maintenance)),
    await ask('reads all', () =>
      withSession(server, database, session => readingRights(server, session, target.exclude)),
    ),
    await ask('lock', () => lockCheck(maintenance, database, run)),
    await ask('connections', () => connectionsCheck(maintenance, target)),
    await ask('clock', () => clockCheck(maintenance, run)),
  ];
  const live = await databaseFacts(maintenance, database);
  const restoring = live
    ? await looked('restore', () => told(() => restoringChecks(server, maintenance, live, may)), asWarning)
    : [];
  return { checks: [...checks, ...rest.flat(), ...restoring], open: { server, maintenance }, majors, may };
}

/** What the server refuses to tell, a backup or a restore would not get told either. */
async function told<Result>(look: () => Promise<Result>): Promise<Result> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof QueryFailure || error instanceof ClientFailure)) throw error;
    throw new OrchestrateError('backup-failed', error.message, { cause: error });
  }
}

async function databaseCheck(server: Server, maintenance: Session): Promise<Check> {
  const { database } = server;
  await withSession(server, database, async () => undefined);
  const facts = await databaseFacts(maintenance, database);
  return ok('database', facts ? `${database}, ${sizeInWords(facts.bytes)}, owner ${facts.owner}` : database);
}

async function lockCheck(maintenance: Session, database: string, run: RunContext): Promise<Check> {
  await lockDatabase(maintenance, database, 'shared', run);
  return ok('lock', 'no other run changes the database');
}

async function connectionsCheck(maintenance: Session, target: Target): Promise<Check> {
  const free = await freeConnections(maintenance);
  const wanted = jobsOf(target);
  if (free >= wanted) return ok('connections', `${free} are free, ${wanted} would be used side by side`);
  return warning(
    'connections',
    `${free} are free of ${wanted} that would be used side by side: it goes, but more slowly`,
    'Raise max_connections of the server or the limit of the role, or set jobs to fewer.',
  );
}
