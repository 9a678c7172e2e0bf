import { Command } from 'commander';
import type { Begin } from './command-line.ts';
import { oneTargetOption } from './options.ts';

interface Flags {
  target?: string;
}

export function diffCommand(begin: Begin): Command {
  return new Command('diff')
    .description('what differs between two backups, or a backup and the database now: objects, tables, rows')
    .argument('<A>', 'a path, latest, or the date part of a file name')
    .argument('<B|live>', 'another one, or the database of the target as it is now')
    .addOption(oneTargetOption())
    .action(async (a: string, b: string, flags: Flags, command: Command) => {
      const { run, report, loadConfig } = begin(command);
      const { diff } = await import('../operations/diff.ts');
      const { describeDiff, diffDocument } = await import('../report/diff.ts');
      const result = await diff([a, b], flags.target, await loadConfig(), run);
      report.result(describeDiff(result, run), diffDocument(result));
    });
}
