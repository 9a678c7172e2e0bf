import { Command } from 'commander';
import type { Begin } from './command-line.ts';

export function targetsCommand(begin: Begin): Command {
  return new Command('targets')
    .description('each target: adapter, where it is, reachable or why not')
    .action(async (_flags: object, command: Command) => {
      const { run, report, loadConfig } = begin(command);
      const { probeTargets } = await import('../operations/probe-targets.ts');
      const { selectTargets } = await import('../targets/select-targets.ts');
      const { table } = await import('../report/table.ts');
      const { dateInWords, sizeInWords } = await import('../report/words.ts');
      const config = await loadConfig();
      selectTargets(config, { allTargets: true }); // says what to configure when there is none
      const probed = await probeTargets(config, run);
      const rows = probed.map(({ target, adapter, where, probe, undo }) => [
        target,
        adapter,
        where,
        probe.usable ? `yes: ${probe.describe}` : `no: ${probe.reason}`,
        undo ? `since ${dateInWords(undo.since)}, ${sizeInWords(undo.bytes)}` : '',
      ]);
      report.result(table(['TARGET', 'ADAPTER', 'WHERE', 'REACHABLE', 'UNDO'], rows), {
        targets: probed.map(({ probe, undo, ...rest }) => ({
          ...rest,
          reachable: probe.usable,
          detail: probe.usable ? probe.describe : probe.reason,
          undo: undo ?? null,
        })),
      });
    });
}
