import { Command } from 'commander';
import { OrchestrateError } from '../errors.ts';
import type { Begin } from './command-line.ts';
import { oneTargetOption } from './options.ts';
import { tableOption } from './table-option.ts';

interface Flags {
  target?: string;
  table?: string[];
  json?: true;
}

export function showCommand(begin: Begin): Command {
  return new Command('show')
    .description('what is in a backup, and how to restore it without this tool; or its tables as SQL')
    .argument(
      '<FILE|latest|ID>',
      'a path, the newest whole backup of the target, or the date part of a file name',
    )
    .addOption(oneTargetOption())
    .addOption(tableOption('print all that the backup says of this table as SQL'))
    .action(async (typed: string, { target, table }: Flags, command: Command) => {
      const { run, report, loadConfig } = begin(command);
      if (table) {
        if (command.optsWithGlobals<Flags>().json) throw notAsJson();
        const { showTables } = await import('../operations/show-tables.ts');
        return showTables(typed, table, target, await loadConfig(), run, report.data);
      }
      const { show } = await import('../operations/show.ts');
      const { contentsDocument, describeContents } = await import('../report/backup-contents.ts');
      const contents = await show(typed, target, await loadConfig(), run);
      report.result(describeContents(contents, run), contentsDocument(contents));
    });
}

function notAsJson(): OrchestrateError {
  return new OrchestrateError('usage', '--json and --table exclude each other: a table is printed as SQL', {
    hint: 'Leave one of them out; show --json without --table names the tables.',
  });
}
