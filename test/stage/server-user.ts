import { mustRun } from './run-program.ts';

/** Whom PostgreSQL runs as: it refuses root, so root lends it the package's own user. */
export async function serverUser(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  if (uid !== 0) return { uid, gid };
  const ask = async (flag: string) => Number((await mustRun(['id', flag, 'postgres'])).stdout);
  return { uid: await ask('-u'), gid: await ask('-g') };
}
