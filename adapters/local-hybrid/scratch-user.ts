import { OrchestrateError } from '../../src/errors.ts';
import { hostProgram } from '../../src/host-program.ts';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whom a temporary cluster belongs to when we are root, whom PostgreSQL refuses; undefined when it is ourselves. Not
 * `postgres` first: code in a dump can start programs as this user, whom a real cluster may let in without a password.
 */
export async function scratchUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const user = (await numbersOf('nobody')) ?? (await numbersOf('postgres'));
  if (user) return user;
  throw new OrchestrateError('no-client', 'PostgreSQL refuses to run as root, and there is no other user', {
    hint: 'Run it as another user, or make one for it: useradd --system postgres',
  });
}

async function numbersOf(name: string): Promise<User | undefined> {
  const start = await hostProgram();
  const asked = ['-u', '-g'].map(async flag =>
    Number((await start('id', [flag, name])).stdout || Number.NaN),
  );
  const [uid, gid] = await Promise.all(asked);
  return uid && gid ? { uid, gid } : undefined;
}
