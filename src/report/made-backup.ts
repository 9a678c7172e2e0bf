import { leftOutInWords } from '../catalog/left-out.ts';
import type { BackupResult } from '../operations/backup.ts';
import { durationInWords, sizeInWords } from './words.ts';

/** What a backup took, as a person reads it. */
export function describeBackup({ target, database, manifest, seconds }: BackupResult): string {
  const { proof } = manifest;
  const proved = proof ? `, ${proof.level} in ${durationInWords(proof.seconds)}` : '';
  const partial = manifest.leftOut.length > 0 ? ` (partial: ${leftOutInWords(manifest.leftOut)})` : '';
  const name = database === undefined ? target : `${target} (${database})`;
  return `backed up ${name}: ${sizeInWords(manifest.rawBytes)} of SQL in ${durationInWords(seconds)}${proved}${partial}`;
}

/** The same for scripts. */
export function backupDocument({ target, database, path, id, manifest, seconds }: BackupResult) {
  const { bytes, rawBytes, sha256, proof } = manifest;
  return {
    target,
    ...(database !== undefined && { database }),
    path,
    id,
    bytes,
    rawBytes,
    sha256,
    seconds,
    proof,
  };
}
