import type { Target } from '../../config/config.ts';
import type { ScratchMajors } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import type { MayReplace } from '../../postgres/may-replace.ts';
import { probeScratchServer } from '../../targets/open-target.ts';
import { asWarning, type Check, failed, looked, ok, warning } from './check.ts';

/** Whether there is something to restore to for a full proof. `may`: undefined when the live server was not reached. */
export async function scratchChecks(
  target: Target,
  majors: ScratchMajors,
  may: MayReplace | undefined,
  run: RunContext,
): Promise<readonly Check[]> {
  const { adapter, name } = target;
  if (target.scratch === 'same-server') return may ? [besideLive(may)] : [];
  if (!adapter.scratch) {
    if (!may) return []; // its server is what is missing first
    return [
      warning(
        'scratch server',
        `adapter ${adapter.name} can make none for a proof`,
        `Let a proof use the live server: set scratch: 'same-server' for target ${name}.`,
      ),
    ];
  }
  if (!adapter.probeScratch) return [];
  const look = () => probeScratchServer(target, majors, run);
  // A backup that has to prove fails without one.
  const fault = target.verify === 'full' ? failed : asWarning;
  return looked('scratch server', async () => ok('scratch server', await look()), fault);
}

function besideLive(may: MayReplace): Check {
  return may.create
    ? ok('scratch server', 'a database beside the live one, as configured')
    : warning(
        'scratch server',
        `a proof is to use the live server, and role ${may.role} may not create databases there`,
        "Take scratch: 'same-server' out, or allow it, as a superuser: ALTER ROLE … CREATEDB;",
      );
}
