import { OrchestrateError } from '../errors.ts';
import type { TablesPlan } from '../operations/tables/plan-tables.ts';
import type { CommandLine } from './command-line.ts';
import type { RestoreFlags } from './restore-flags.ts';

/** `restore --table`: some tables, beside the live ones or in their place. */
export async function restoreTablesCommand(
  typed: string,
  flags: RestoreFlags & { table: string[] },
  { run, report, loadConfig, confirm }: CommandLine,
): Promise<void> {
  refuseWithTables(flags);
  const { restoreTables } = await import('../operations/restore-tables.ts');
  const { selectTarget } = await import('../targets/select-targets.ts');
  const { describeTablesPlan, whatNext } = await import('../report/tables-plan.ts');
  const { durationInWords } = await import('../report/words.ts');
  const config = await loadConfig();
  const tell = (plan: TablesPlan) => report.say(describeTablesPlan(plan, run));
  const outcome = await restoreTables(
    selectTarget(config, flags.target),
    {
      file: typed,
      tables: flags.table,
      mode: flags.mode === 'in-place' ? 'in-place' : 'beside',
      safetyBackup: flags.safetyBackup ?? true,
      schema: flags.schema,
      targetIsChosen: flags.target !== undefined,
      into: flags.into,
      dryRun: flags.dryRun === true,
      async confirm(plan) {
        tell(plan);
        if (plan.mode === 'in-place' && !flags.force) await confirm('Replace them?');
      },
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
  const next = flags.schema === undefined ? whatNext(outcome) : undefined;
  if (next) report.say(next);
  report.result('', outcome);
}

function refuseWithTables({ mode, owners, safetyBackup, schema }: RestoreFlags): void {
  if (mode === 'swap')
    throw new OrchestrateError('usage', 'single tables cannot be swapped', {
      hint: 'Leave --mode out to bring them beside the live ones, or add --mode in-place to replace their rows.',
    });
  const excluded = [
    { is: !owners, what: '--no-owners and --table' },
    { is: mode === 'in-place' && schema !== undefined, what: '--schema and --mode in-place' },
    {
      is: mode === undefined && safetyBackup !== undefined,
      what: 'a safety backup and --table without --mode in-place',
    },
  ].find(({ is }) => is);
  if (excluded)
    throw new OrchestrateError('usage', `${excluded.what} exclude each other`, {
      hint: 'Leave one out: beside the live tables nothing is replaced, and single tables come without owners.',
    });
}
