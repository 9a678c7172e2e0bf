import { hostProgram } from '../host-program.ts';

/** Commit and branch of the checkout that a folder is in; undefined outside one, or without git. Branch null: detached. */
export async function gitCheckout(
  directory: string,
): Promise<{ commit: string; branch: string | null } | undefined> {
  const start = await hostProgram();
  const git = (...args: string[]) => start('git', args, { cwd: directory, timeout: 5_000 });
  const [commit, branch] = await Promise.all([
    git('rev-parse', '--verify', '--quiet', 'HEAD'),
    git('symbolic-ref', '--quiet', '--short', 'HEAD'),
  ]);
  if (commit.exitCode !== 0) return undefined;
  return { commit: commit.stdout, branch: branch.exitCode === 0 ? branch.stdout : null };
}
