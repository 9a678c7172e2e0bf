import { Command } from 'commander';
import type { Begin } from './command-line.ts';
import { targetOption } from './options.ts';

export function doctorCommand(begin: Begin): Command {
  return new Command('doctor')
    .description(
      'every check that a backup, a proof or a restore would need; without --target of all targets',
    )
    .addOption(targetOption())
    .action(async ({ target }: { target?: string[] }, command: Command) => {
      const { run, report, loadConfig, exitWith } = begin(command);
      const { doctor, doctorExitCode } = await import('../operations/doctor.ts');
      const { selectTargets } = await import('../targets/select-targets.ts');
      const { describeDiagnoses, diagnosesDocument } = await import('../report/checks.ts');
      const config = await loadConfig();
      const targets = selectTargets(config, { target, allTargets: target === undefined });
      const diagnoses = await doctor(targets, config, run);
      report.result(describeDiagnoses(diagnoses), diagnosesDocument(diagnoses));
      exitWith(doctorExitCode(diagnoses));
    });
}
