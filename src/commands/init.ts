import { Command } from 'commander';
import type { Begin } from './command-line.ts';

interface Flags {
  makefile?: true;
  yes?: true;
}

export function initCommand(begin: Begin): Command {
  return new Command('init')
    .description('write a backup.config.ts fitted to what is found here; it is shown first')
    .option('--makefile', 'also add db-backup, db-restore and their like to the Makefile, or make one')
    .option('--yes', 'write it without being asked')
    .action(async (flags: Flags, command: Command) => {
      const { run, report, loadAdapters, canAsk, confirm } = begin(command);
      const { planInit, refuseUnasked, writeInit } = await import('../operations/init.ts');
      const { pathInWords } = await import('../report/words.ts');
      const plan = await planInit({ makefile: flags.makefile === true, adapters: await loadAdapters() }, run);
      const shown = plan.files
        .map(({ path, text }) => `${pathInWords(path, run.cwd)}:\n\n${text}`)
        .join('\n');
      if (!flags.yes && !canAsk()) {
        if (!command.optsWithGlobals<{ json?: true }>().json) report.result(shown, {});
        throw refuseUnasked(plan);
      }
      if (!flags.yes) {
        report.say(shown);
        await confirm('Write it?');
      }
      await writeInit(plan);
      for (const { path, isNew } of plan.files)
        report.say(`${isNew ? 'wrote' : 'added to'} ${pathInWords(path, run.cwd)}`);
      report.say('See what it reaches with: db-orchestrate doctor');
      report.result('', { files: plan.files.map(({ path, text }) => ({ path, text })) });
    });
}
