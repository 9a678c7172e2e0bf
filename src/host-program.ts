/** Why a program could not be started, by Node's code for it. */
export function whyNotStarted(code: string | undefined): string | undefined {
  if (code === 'ENOENT') return 'there is no such program';
  return code === 'EACCES' ? 'it is not executable' : undefined;
}

/**
 * Starts programs of this host: execa, which is loaded only when one is started. It does not reject: how a program
 * ended is in its result. It does not clean up either: for that it would listen to every signal that can end a
 * process, and so undo that Node ignores SIGXFSZ; at a file-size limit a write would then kill the run.
 */
export async function hostProgram() {
  const { execa } = await import('execa');
  return execa({ reject: false, cleanup: false });
}
