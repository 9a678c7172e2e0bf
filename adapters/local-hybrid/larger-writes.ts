import { findInPath } from '../../src/executables.ts';
import { hostProgram } from '../../src/host-program.ts';

/**
 * What a program that writes much is started with, so that it writes 64 KiB at a time: C's own 4 KiB cost as much as
 * making the rows' text, for each is taken up by itself at the other end. Empty where coreutils' stdbuf is not there, or
 * does not work.
 */
export async function largerWrites(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const stdbuf = await findInPath('stdbuf', { env });
  if (stdbuf === undefined) return [];
  const start = await hostProgram();
  const { exitCode, stderr } = await start(stdbuf, [option, stdbuf, '--version'], { env, extendEnv: false });
  return exitCode === 0 && stderr === '' ? [stdbuf, option] : [];
}

const option = '--output=64K';
