import { Command } from 'commander';
import type { KeptOf } from '../operations/list.ts';
import type { Begin } from './command-line.ts';
import { allTargetsOption, targetOption } from './options.ts';

interface Flags {
  target?: string[];
  allTargets?: true;
}

export function listCommand(begin: Begin): Command {
  return new Command('list')
    .description('backups, newest first; needs no server')
    .addOption(targetOption())
    .addOption(allTargetsOption())
    .action(async (flags: Flags, command: Command) => {
      const { run, report, loadConfig } = begin(command);
      const { list, listUndos } = await import('../operations/list.ts');
      const { selectTargets } = await import('../targets/select-targets.ts');
      const { ageInWords, dateInWords, pathInWords, sizeInWords } = await import('../report/words.ts');
      const { listedBackup } = await import('../report/listed-backup.ts');
      const { describeKept } = await import('../report/kept.ts');
      const { proofInWords } = await import('../report/proof.ts');
      const { table } = await import('../report/table.ts');
      const config = await loadConfig();
      const targets = config.targets.length === 0 ? [] : selectTargets(config, flags);
      const backups = await list(config, targets, run);
      const undos = await listUndos(targets);
      const known = backups.flatMap(({ manifest }) => manifest?.database.name ?? []);
      const several = new Set(known).size > 1;
      const rows = backups.map(backup => [
        backup.id,
        dateInWords(backup.startedAt),
        ageInWords(backup.startedAt, run.now()),
        sizeInWords(backup.bytes),
        backup.target ?? '-',
        several ? (backup.manifest?.database.name ?? '') : '',
        backup.manifest?.label ?? '',
        (backup.manifest?.leftOut.length ?? 0) > 0 ? 'in part' : '',
        proofInWords(backup.manifest?.proof, run.now()),
        pathInWords(backup.path, run.cwd),
      ]);
      if (backups.length === 0) report.say('no backups yet; make one with: db-orchestrate backup');
      const header = ['ID', 'DATE', 'AGE', 'SIZE', 'TARGET', 'DATABASE', 'LABEL', 'HOLDS', 'PROOF', 'FILE'];
      report.result(backups.length === 0 ? '' : table(header, rows), {
        backups: backups.map(listedBackup),
        ...(undos.length > 0 && { undo: undos.map(undoDocument) }),
      });
      for (const { target, record } of undos) report.say(describeKept(target, record));
    });
}

function undoDocument({ target, record: { database, replacedAt, bytes } }: KeptOf) {
  return { target, database, since: replacedAt, bytes };
}
