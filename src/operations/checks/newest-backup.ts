import { type Backup, seemsWhole } from '../../catalog/catalog.ts';
import { ageInWords, sizeInWords } from '../../report/words.ts';
import { type Check, ok, warning } from './check.ts';

/** How old the newest backup is, and what was last proven. `backups`: of one target, newest first. */
export function newestBackupChecks(target: string, backups: readonly Backup[], now: Date): Check[] {
  const [newest] = backups;
  if (!newest)
    return [warning('newest backup', 'there is none', `Make one: db-orchestrate backup --target ${target}`)];
  const what = `${newest.id}, ${ageInWords(newest.startedAt, now)}, ${sizeInWords(newest.bytes)}`;
  const again = `Make another: db-orchestrate backup --target ${target}`;
  if (!seemsWhole(newest)) {
    const why = newest.manifest?.proof?.level === 'failed' ? 'did not prove' : 'is not whole';
    return [warning('newest backup', `${what}: it ${why}`, again), proofCheck(target, backups, now)];
  }
  if (newest.startedAt > now)
    return [
      warning('newest backup', `${what}: it is dated in the future`, again),
      proofCheck(target, backups, now),
    ];
  return [ok('newest backup', what), proofCheck(target, backups, now)];
}

function proofCheck(target: string, backups: readonly Backup[], now: Date): Check {
  const proven = backups.find(({ manifest }) => manifest?.proof?.level === 'proven');
  if (!proven)
    return warning(
      'proof',
      'no backup has been proven',
      `Prove the newest: db-orchestrate verify latest --target ${target}`,
    );
  const when = ageInWords(new Date(proven.manifest!.proof!.at), now);
  const which = proven === backups[0] ? 'the newest backup' : proven.id;
  return ok('proof', `${which} was proven ${when}`);
}
