import { exclusionOf } from '../catalog/left-out.ts';
import type { Config, Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { dumpForm } from '../postgres/comparison/dump-form.ts';
import type { Exclude } from '../postgres/left-out.ts';
import { openSnapshot } from '../postgres/snapshot.ts';
import { selectTarget } from '../targets/select-targets.ts';
import { type ServerWhenNeeded, serverWhenNeeded } from '../targets/server-when-needed.ts';
import { type ComparedDump, compareDumps, type DumpDifference } from './comparison/compare-dumps.ts';
import { readDatabase } from './comparison/read-database.ts';
import { chooseBackup, isPath } from './file/choose-backup.ts';
import { dumpedAccess, readFile } from './file/read-file.ts';
import { jobsOf } from './jobs.ts';
import { databaseOfFiles } from './target-databases.ts';

export interface DiffResult {
  /** What was compared, in words: a path, or the live database's name and server. */
  readonly a: string;
  readonly b: string;
  readonly difference: DumpDifference;
  /** Every table that either has rows of. */
  readonly tables: readonly TableDiff[];
}

export interface TableDiff {
  readonly name: string;
  readonly rowsInA: number;
  readonly rowsInB: number;
  readonly same: boolean;
}

/** The word for what the target's database holds now. */
const live = 'live';

/** Compares two backups, or a backup with the database as it is now. Rejects as reading them does. */
export async function diff(
  [a, b]: readonly [string, string],
  name: string | undefined,
  config: Config,
  run: RunContext,
): Promise<DiffResult> {
  if (a === live)
    throw new OrchestrateError('usage', 'the backup comes first, and then what it is compared with', {
      hint: `Write it the other way round: db-orchestrate diff ${b === live ? 'latest' : b} live`,
    });
  const needsNone = name === undefined && b !== live && [a, b].every(isPath);
  const selected = needsNone || config.targets.length === 0 ? undefined : selectTarget(config, name);
  if (b === live && !selected) selectTarget(config, name); // says what to configure
  const target = selected && databaseOfFiles(selected, await chooseBackup(a, selected.name, config, run));
  const reach = target && serverWhenNeeded(target, run);
  try {
    const ofA = await readSide(a, target, reach, config, run);
    const ofB =
      b === live ? await readLive(reach!, target!, ofA, run) : await readSide(b, target, reach, config, run);
    const difference = await compareDumps(ofA, ofB);
    return { a: ofA.words, b: ofB.words, difference, tables: tablesOf(ofA, ofB, difference) };
  } finally {
    await reach?.close();
  }
}

type Side = ComparedDump & { readonly words: string; readonly exclude: Exclude };

async function readSide(
  typed: string,
  target: Target | undefined,
  reach: ServerWhenNeeded | undefined,
  config: Config,
  run: RunContext,
): Promise<Side> {
  const [chosen] = await chooseBackup(typed, target?.name, config, run);
  const { file, contents } = await readFile(chosen!, run, reach?.open);
  return {
    words: file.path,
    exclude: exclusionOf(file.manifest),
    contents,
    access: dumpedAccess(file, contents),
    read: file.read,
  };
}

/** As the backup was dumped, so that the texts can be compared: what it leaves out is no difference. */
async function readLive(reach: ServerWhenNeeded, target: Target, like: Side, run: RunContext): Promise<Side> {
  const server = await reach.open();
  const snapshot = await openSnapshot(server, server.database, like.exclude);
  const dump = await readDatabase(server, snapshot, dumpForm(like.contents), jobsOf(target), run);
  return { ...dump, exclude: like.exclude, words: `database ${server.database} of ${server.describe}` };
}

function tablesOf(a: ComparedDump, b: ComparedDump, { rows }: DumpDifference): TableDiff[] {
  const differing = new Set(rows.map(({ table }) => table));
  const names = new Set([...a.contents.tables.keys(), ...b.contents.tables.keys()]);
  return [...names].sort().map(name => ({
    name,
    rowsInA: a.contents.tables.get(name)?.rows ?? 0,
    rowsInB: b.contents.tables.get(name)?.rows ?? 0,
    same: !differing.has(name),
  }));
}
