import { Command } from 'commander';
import type { ProbedTarget } from '../operations/probe-targets.ts';
import type { Begin } from './command-line.ts';

export function targetsCommand(begin: Begin): Command {
  return new Command('targets')
    .description('each target: adapter, where it is, reachable or why not')
    .option('--discover', 'instead of those of the configuration, every container that PostgreSQL runs in')
    .action(async ({ discover }: { discover?: true }, command: Command) => {
      const { run, report, loadConfig } = begin(command);
      const { probeTargets } = await import('../operations/probe-targets.ts');
      const { table } = await import('../report/table.ts');
      const { dateInWords, sizeInWords } = await import('../report/words.ts');
      const config = await loadConfig();
      if (discover) {
        const { discoverTargets } = await import('../targets/discover-targets.ts');
        const found = await discoverTargets(config, run);
        const targets = found.map(({ target }) => target);
        const probed = await probeTargets({ targets }, run);
        const isConfigured = (index: number) => found[index]!.configured;
        const databasesOf = (index: number) => targets[index]!.databases;
        const rows = probed.map(({ target, where, probe }, index) => [
          target,
          where,
          [databasesOf(index) ?? []].flat().join(', '),
          reachable(probe),
          isConfigured(index) ? 'yes' : 'no',
        ]);
        if (rows.length === 0) report.say('PostgreSQL runs in no container of the Docker engine');
        const header = ['TARGET', 'WHERE', 'DATABASES', 'REACHABLE', 'CONFIGURED'];
        return report.result(rows.length === 0 ? '' : table(header, rows), {
          targets: probed.map((one, index) => ({
            ...document(one),
            databases: databasesOf(index) ?? null,
            configured: isConfigured(index),
          })),
        });
      }
      const { selectTargets } = await import('../targets/select-targets.ts');
      selectTargets(config, { allTargets: true }); // says what to configure when there is none
      const probed = await probeTargets(config, run);
      const rows = probed.map(({ target, adapter, where, probe, undo }) => [
        target,
        adapter,
        where,
        reachable(probe),
        undo ? `since ${dateInWords(undo.since)}, ${sizeInWords(undo.bytes)}` : '',
      ]);
      report.result(table(['TARGET', 'ADAPTER', 'WHERE', 'REACHABLE', 'UNDO'], rows), {
        targets: probed.map(document),
      });
    });
}

function reachable(probe: ProbedTarget['probe']): string {
  return probe.usable ? `yes: ${probe.describe}` : `no: ${probe.reason}`;
}

function document({ probe, undo, ...rest }: ProbedTarget) {
  return {
    ...rest,
    reachable: probe.usable,
    detail: probe.usable ? probe.describe : probe.reason,
    undo: undo ?? null,
  };
}
