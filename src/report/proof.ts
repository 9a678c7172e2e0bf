import type { Proof } from '../catalog/manifest.ts';
import type { RunContext } from '../contract/run-context.ts';
import type { VerifyResult } from '../operations/verify.ts';
import { escapeText } from './escape.ts';
import { ageInWords, durationInWords, pathInWords } from './words.ts';

/** What a proof found, as a person reads it. */
export function describeProof(
  { path, proof, server }: VerifyResult,
  { cwd }: Pick<RunContext, 'cwd'>,
): string {
  const what = `${proof.tables} tables, ${proof.rows} rows, in ${durationInWords(proof.seconds)}`;
  return `${escapeText(`${pathInWords(path, cwd)}  ${found[proof.level](server ?? '')}: ${what}`)}\n`;
}

const found: Record<Proof['level'], (server: string) => string> = {
  quick: () => 'whole (the file alone was read)',
  restored: server =>
    `restored to ${server}, rows counted; not compared, for want of the pg_dump that wrote it`,
  proven: server => `proven: restored to ${server}, and what was there is what the file says`,
  failed: () => 'did not prove',
};

/** The same for scripts. */
export function verifyDocument({ path, level, proof, tables }: VerifyResult) {
  return { path, level, ok: true, proven: proof.level === 'proven', tables, differences: [], proof };
}

/** "proven 2 days ago"; empty when there was none. */
export function proofInWords(proof: Proof | null | undefined, now: Date): string {
  return proof ? `${proof.level} ${ageInWords(new Date(proof.at), now)}` : '';
}
