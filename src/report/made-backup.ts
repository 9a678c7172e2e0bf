import type { BackupResult } from '../operations/backup.ts';
import { durationInWords, sizeInWords } from './words.ts';

/** What a backup took, as a person reads it. */
export function describeBackup({ target, manifest, seconds }: BackupResult): string {
  const { proof } = manifest;
  const proved = proof ? `, ${proof.level} in ${durationInWords(proof.seconds)}` : '';
  return `backed up ${target}: ${sizeInWords(manifest.rawBytes)} of SQL in ${durationInWords(seconds)}${proved}`;
}

/** The same for scripts. */
export function backupDocument({ target, path, id, manifest, seconds }: BackupResult) {
  const { bytes, rawBytes, sha256, proof } = manifest;
  return { target, path, id, bytes, rawBytes, sha256, seconds, proof };
}
