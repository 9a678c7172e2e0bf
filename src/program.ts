import { Command, Option } from 'commander';
import { backupCommand } from './commands/backup.ts';
import type { Begin } from './commands/command-line.ts';
import { answerCommand, completionCommand } from './commands/completion.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { guardCommand } from './commands/guard.ts';
import { initCommand } from './commands/init.ts';
import { listCommand } from './commands/list.ts';
import { pruneCommand } from './commands/prune.ts';
import { restoreCommand } from './commands/restore.ts';
import { showCommand } from './commands/show.ts';
import { targetsCommand } from './commands/targets.ts';
import { undoCommand } from './commands/undo.ts';
import { verifyCommand } from './commands/verify.ts';
import { exitCodeTable } from './report/exit-codes.ts';
import { toolVersion } from './tool-version.ts';

/** The command line as commander sees it. Commands load what they need when they run, so that --help is quick. */
export function createProgram(begin: Begin): Command {
  const program = new Command('db-orchestrate')
    .description('PostgreSQL backups that cannot lie, restores that cannot hurt.')
    .version(toolVersion())
    .option('--config <file>', 'the configuration file, instead of searching for one')
    .option('--json', 'print exactly one JSON document on stdout')
    .addOption(new Option('--quiet', 'print results, warnings and errors only').conflicts('verbose'))
    .option('--verbose', 'say how the tool goes about it')
    // What is wrong is reported by the edge, as text or JSON, with the code of the table.
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .addHelpText('afterAll', `\n${exitCodeTable()}`);
  const commands = [
    backupCommand,
    restoreCommand,
    undoCommand,
    guardCommand,
    listCommand,
    showCommand,
    verifyCommand,
    diffCommand,
    pruneCommand,
    targetsCommand,
    doctorCommand,
    initCommand,
    completionCommand,
  ];
  for (const command of commands) program.addCommand(command(begin).copyInheritedSettings(program));
  program.addCommand(answerCommand(begin).copyInheritedSettings(program), { hidden: true });
  return program;
}
