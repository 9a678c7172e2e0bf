import { Command } from 'commander';
import type { Begin } from './command-line.ts';
import { oneTargetOption } from './options.ts';

interface Flags {
  target?: string;
  quick?: true;
}

export function verifyCommand(begin: Begin): Command {
  return new Command('verify')
    .description('prove a backup: restore it to a scratch server and compare what is there with the file')
    .argument(
      '<FILE|latest|ID>',
      'a path, the newest whole backup of the target, or the date part of a file name',
    )
    .addOption(oneTargetOption())
    .option('--quick', 'the file alone: checksum, gzip, complete and harmless dump, rows per table')
    .action(async (typed: string, flags: Flags, command: Command) => {
      const { run, report, loadConfig } = begin(command);
      const { chooseToVerify } = await import('../operations/choose-to-verify.ts');
      const { verify } = await import('../operations/verify.ts');
      const { describeProof, verifyDocument } = await import('../report/proof.ts');
      const level = flags.quick ? 'quick' : 'full';
      const config = await loadConfig();
      const { chosen, target } = await chooseToVerify(typed, { target: flags.target, level }, config, run);
      const result = await verify(chosen, { level, target }, run);
      report.result(describeProof(result, run), verifyDocument(result));
    });
}
