import { OrchestrateError } from '../errors.ts';
import type { TablesPlan } from '../operations/plan-tables.ts';
import type { CommandLine } from './command-line.ts';
import type { RestoreFlags } from './restore.ts';

/** `restore --table`: some tables, beside the live ones or in their place. */
export async function restoreTablesCommand(
  typed: string,
  flags: RestoreFlags & { table: string[] },
  { run, report, loadConfig }: CommandLine,
): Promise<void> {
  refuseWithTables(flags);
  const { restoreTables } = await import('../operations/restore-tables.ts');
  const { selectTarget } = await import('../targets/select-targets.ts');
  const { describeTablesPlan, howToRemove } = await import('../report/tables-plan.ts');
  const { durationInWords } = await import('../report/words.ts');
  const config = await loadConfig();
  const tell = (plan: TablesPlan) => report.say(describeTablesPlan(plan, run));
  const outcome = await restoreTables(
    selectTarget(config, flags.target),
    {
      file: typed,
      tables: flags.table,
      mode: 'beside',
      schema: flags.schema,
      targetIsChosen: flags.target !== undefined,
      into: flags.into,
      dryRun: flags.dryRun === true,
      confirm: async plan => tell(plan),
    },
    config,
    run,
  );
  if ('found' in outcome) {
    tell(outcome);
    const { target, database, file, mode, schema } = outcome;
    return report.result('', { dryRun: true, target, database, from: file.path, mode, schema });
  }
  report.say(`restored ${outcome.tables.join(', ')} in ${durationInWords(outcome.seconds)}`);
  if (flags.schema === undefined) report.say(howToRemove(outcome));
  report.result('', outcome);
}

function refuseWithTables({ mode, owners, safetyBackup }: RestoreFlags): void {
  if (mode === 'swap')
    throw new OrchestrateError('usage', 'single tables cannot be swapped', {
      hint: 'Leave --mode out to bring them beside the live ones.',
    });
  const ofWhole = safetyBackup === true ? '--safety-backup' : owners ? undefined : '--no-owners';
  if (ofWhole)
    throw new OrchestrateError('usage', `${ofWhole} and --table exclude each other`, {
      hint: 'Leave it out: beside the live tables nothing is replaced, and owners are not brought.',
    });
}
