import type { VerifyLevel } from '../config/config.ts';
import type { verifyDocument } from '../report/proof.ts';
import { beginRun, type RunOptions } from './run-options.ts';

export interface VerifyOptions extends RunOptions {
  /** A path, `latest`, or as much of an id as only one backup has. */
  readonly backup: string;
  /** `full` without it: a restore to a scratch server. */
  readonly level?: VerifyLevel | undefined;
  /** The target that it is proved like; without it the one it is of. */
  readonly target?: string | undefined;
}

export type VerifiedBackup = ReturnType<typeof verifyDocument>;

/** Proves a backup. Rejects with `bad-file` when it did not prove; `document.differences` says in what. */
export async function verify(options: VerifyOptions): Promise<VerifiedBackup> {
  const { run, config } = await beginRun(options);
  const { chooseToVerify } = await import('../operations/choose-to-verify.ts');
  const { verify: verifyChosen } = await import('../operations/verify.ts');
  const { verifyDocument } = await import('../report/proof.ts');
  const { backup: typed, level = 'full' } = options;
  const { chosen, target } = await chooseToVerify(typed, { target: options.target, level }, config, run);
  return verifyDocument(await verifyChosen(chosen, { level, target }, run));
}
