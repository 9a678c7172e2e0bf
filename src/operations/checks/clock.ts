import type { Session } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { durationInWords } from '../../report/words.ts';
import { type Check, ok, warning } from './check.ts';

/** Seconds that the clocks may differ by; names, ages and retention count in whole ones. */
const tolerance = 10;

/** The server's clock against ours, which dates the backups. */
export async function clockCheck(session: Session, { now }: Pick<RunContext, 'now'>): Promise<Check> {
  const before = now().getTime();
  const [row] = await session.query<{ time: number }>(
    'SELECT extract(epoch FROM clock_timestamp())::float8 AS time',
  );
  const after = now().getTime();
  // It was read at some moment between the two.
  const ahead = row!.time * 1000 - (before + after) / 2;
  const apart = Math.max(0, Math.abs(ahead) - (after - before) / 2) / 1000;
  if (apart <= tolerance) return ok('clock', "the server's and this host's agree");
  return warning(
    'clock',
    `the server's clock is ${durationInWords(apart)} ${ahead > 0 ? 'ahead of' : 'behind'} this host's, which dates the backups`,
    'Let both follow a time server, for example with: timedatectl set-ntp true',
  );
}
