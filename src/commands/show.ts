import { Command } from 'commander';
import type { Begin } from './command-line.ts';
import { oneTargetOption } from './options.ts';

interface Flags {
  target?: string;
}

export function showCommand(begin: Begin): Command {
  return new Command('show')
    .description('what is in a backup, and how to restore it without this tool')
    .argument(
      '<FILE|latest|ID>',
      'a path, the newest whole backup of the target, or the date part of a file name',
    )
    .addOption(oneTargetOption())
    .action(async (typed: string, flags: Flags, command: Command) => {
      const { run, report, loadConfig } = begin(command);
      const { show } = await import('../operations/show.ts');
      const { contentsDocument, describeContents } = await import('../report/backup-contents.ts');
      const contents = await show(typed, flags.target, await loadConfig(), run);
      report.result(describeContents(contents, run), contentsDocument(contents));
    });
}
