import type { Target } from '../../config/config.ts';
import type { ScratchMajors, Server, Session } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { OrchestrateError } from '../../errors.ts';
import { dumpGlobals } from '../../postgres/dump-globals.ts';
import { freeConnections } from '../../postgres/free-connections.ts';
import { openMaintenance } from '../../postgres/maintenance.ts';
import { type MayReplace, mayReplace } from '../../postgres/may-replace.ts';
import { openTarget } from '../../targets/open-target.ts';
import { withinFolder } from '../../targets/within-folder.ts';
import { jobsOf } from '../jobs.ts';
import { targetDatabases } from '../target-databases.ts';
import { type Check, failed, looked, ok, warning } from './check.ts';
import { clockCheck } from './clock.ts';
import { askDatabase } from './database.ts';
import { told } from './told.ts';

/** A target's server as far as it was reached, and what was found on the way and there. */
export interface Reached {
  readonly checks: readonly Check[];
  readonly open?: { readonly server: Server; readonly maintenance: Session };
  readonly majors?: ScratchMajors;
  readonly may?: MayReplace;
  /** How many of its databases were looked at. */
  readonly databases?: number;
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
  const several = target.databases === undefined ? undefined : await targetDatabases(target, run);
  const found: Check[] = [];
  for (const one of several ?? [target]) {
    const checks = await looked('database', () => askDatabase(server, one.database ?? database, target, run));
    found.push(...checks.map(check => ({ ...check, database: one.database })));
  }
  const general = [
    server.alone ? [] : await looked('connections', () => told(() => connectionsCheck(maintenance, target))),
    await looked('clock', () => told(() => clockCheck(maintenance, run))),
    target.globals ? await looked('globals', () => told(() => globalsCheck(server, target))) : [],
  ];
  return {
    checks: [...checks, ...found, ...general.flat()],
    databases: several?.length ?? 1,
    open: { server, maintenance },
    majors,
    may: await mayReplace(maintenance, database),
  };
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

/** Nothing of them is kept here. */
async function globalsCheck(server: Server, { globals }: Target): Promise<Check> {
  const passwords = globals === 'with-passwords';
  await dumpGlobals(server, { passwords });
  return ok(
    'globals',
    `pg_dumpall may read roles and tablespaces${passwords ? ', and password hashes' : ''}`,
  );
}
