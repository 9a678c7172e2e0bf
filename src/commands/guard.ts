import { Command } from 'commander';
import { OrchestrateError } from '../errors.ts';
import type { CommandEnd } from '../operations/guard.ts';
import type { RestorePlan } from '../operations/replacement/plan-restore.ts';
import type { Begin } from './command-line.ts';
import { oneTargetOption } from './options.ts';

interface Flags {
  target?: string;
  autoRestore?: true;
}

export function guardCommand(begin: Begin): Command {
  return new Command('guard')
    .description('back up, run a command such as a migration, and offer to put the database back if it fails')
    .usage('[options] -- COMMAND…')
    .argument('[COMMAND...]', 'a program and its arguments, which no shell reads')
    .addOption(oneTargetOption())
    .option('--auto-restore', 'put the database back without asking')
    .addHelpText('after', `\n${exitCodes}`)
    .allowUnknownOption() // of a COMMAND without `--`: told below, with what to write instead
    .action(async (words: string[], flags: Flags, command: Command) => {
      const line = begin(command);
      const { run, report } = line;
      const [program, ...args] = commandIn(words, line.typed);
      const { guard, howToRestore } = await import('../operations/guard.ts');
      const { selectTarget } = await import('../targets/select-targets.ts');
      const { backupDocument, describeBackup } = await import('../report/made-backup.ts');
      const { describePlan } = await import('../report/restore-plan.ts');
      const { durationInWords, pathInWords, sizeInWords } = await import('../report/words.ts');
      const config = await line.loadConfig();
      const target = selectTarget(config, flags.target);
      const warn = (message: string) => run.emit({ type: 'warning', message });

      const result = await guard(
        target,
        {
          runCommand(backup) {
            report.say(`${describeBackup(backup)}\n${pathInWords(backup.path, run.cwd)}`);
            return line.runCommand([program, ...args]);
          },
          wantsRestore(end, backup) {
            const ended = `${program} ${inWords(end)}`;
            if (flags.autoRestore) warn(ended);
            else warn(`${ended}. To put the database back as it was before, run: ${howToRestore(backup)}`);
            return flags.autoRestore === true || line.canAsk();
          },
          async confirm(plan: RestorePlan) {
            for (const warning of plan.warnings) warn(warning);
            report.say(describePlan(plan, run));
            if (!flags.autoRestore) await line.confirm('Put the database back as it was before?');
          },
        },
        config,
        run,
      );

      const { backup, restored, exitCode } = result;
      if (exitCode === 0) {
        const kept = `${pathInWords(backup.path, run.cwd)} (${sizeInWords(backup.manifest.bytes)})`;
        report.say(`The backup from before is kept: ${kept}. To go back to it, run: ${howToRestore(backup)}`);
      } else if (restored === null) {
        report.say(`the database is as ${program} left it`);
      } else {
        report.say(`restored ${restored.database} in ${durationInWords(restored.seconds)}`);
        if (restored.undo !== null)
          report.say(`To see again what ${program} left, run: db-orchestrate undo --target ${target.name}`);
      }
      report.result('', { target: target.name, ...result, backup: backupDocument(backup) });
      line.exitWith(exitCode);
    });
}

const exitCodes =
  "The exit code is COMMAND's own (128 + n when signal n ended it; 127 or 126 when it could not be started), 6 if\n" +
  'the restore after it failed, and the one of the table if the backup failed: then COMMAND is not run.';

function inWords({ exitCode, signal }: CommandEnd): string {
  return signal === null ? `exited with ${exitCode}` : `was ended by ${signal}`;
}

/** Only what stands behind `--` is COMMAND for certain: elsewhere commander takes those options out that it knows. */
function commandIn(words: readonly string[], typed: readonly string[]): readonly [string, ...string[]] {
  const [program, ...args] = words;
  if (!program) throw usage('no COMMAND was given', 'npx prisma migrate deploy');
  if (typed.at(-1 - words.length) === '--') return [program, ...args];
  if (program.startsWith('-')) throw usage(`unknown option ${program}`, 'npx prisma migrate deploy');
  throw usage('COMMAND has to stand behind --, so that its options are its own', `${program} …`);
}

function usage(message: string, example: string): OrchestrateError {
  return new OrchestrateError('usage', message, { hint: `Write: db-orchestrate guard -- ${example}` });
}
