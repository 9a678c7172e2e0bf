import type { HookEvent, Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { interruption, OrchestrateError } from '../errors.ts';
import { hostProgram, whyNotStarted } from '../host-program.ts';
import { escapeLines } from '../report/escape.ts';
import { redact } from '../report/redact.ts';

/** What a hook is told in its environment. */
export interface HookReport {
  /** Absolute path of the backup that it is about. */
  readonly file?: string | undefined;
  /** What --json prints of it. */
  readonly report: object;
}

export interface HookRequest<Result> {
  /** The hook that hears of success; `onFailure` hears of failure in any case. */
  readonly after?: 'afterBackup' | 'afterRestore' | undefined;
  /** Undefined for a result that no hook is about. */
  readonly tell?: (result: Result) => HookReport | undefined;
  /** The file that a failure would be about, where it is known beforehand. */
  readonly file?: string;
}

/**
 * Does something for a target and then runs the hook for what became of it. A hook that fails is warned of and changes
 * nothing. No hook hears of what was typed or configured wrongly, refused by a person, or interrupted.
 */
export async function withHooks<Result>(
  target: Target,
  { after, tell, file }: HookRequest<Result>,
  run: RunContext,
  work: () => Promise<Result>,
): Promise<Result> {
  const result = await work().catch(async error => {
    const { code, message, hint = null, exitCode } = asFailure(error);
    if (!unheard.has(code)) {
      const told = { code, message: cut(redact(message)), hint, exitCode };
      await runHook(target, 'onFailure', { file, report: { target: target.name, error: told } }, run);
    }
    throw error;
  });
  const told = tell?.(result);
  if (after && told) await runHook(target, after, told, run);
  return result;
}

const unheard: ReadonlySet<OrchestrateError['code']> = new Set(['usage', 'refused', 'interrupted']);

function asFailure(error: unknown): OrchestrateError {
  return error instanceof OrchestrateError ? error : new OrchestrateError('defect', String(error));
}

/** One variable of the environment cannot be longer than 128 KiB. */
function cut(message: string): string {
  return message.length > longest ? `${message.slice(0, longest)}…` : message;
}

const longest = 8_000;

async function runHook(target: Target, event: HookEvent, told: HookReport, run: RunContext): Promise<void> {
  const [program, ...args] = target.hooks?.[event] ?? [];
  if (!target.hooks || program === undefined || run.signal.aborted) return;
  run.emit({ type: 'notice', message: `running the hook ${event}: ${program}` });
  const start = await hostProgram();
  const child = start(program, args, {
    cwd: target.hooks.folder,
    env: { ...run.env, ...variables(target, event, told) },
    extendEnv: false,
    stdin: 'ignore',
    // Our stdout is data.
    stdout: 2,
    stderr: 2,
    buffer: false,
    // A group of its own, so that what the hook started can be ended with it.
    detached: true,
  });
  const timers: NodeJS.Timeout[] = [];
  const end = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It has ended.
    }
  };
  const abort = () => {
    end('SIGTERM');
    timers.push(setTimeout(() => end('SIGKILL'), killAfter));
  };
  run.signal.addEventListener('abort', abort);
  try {
    const { failed, exitCode, signal, code } = await child;
    if (run.signal.aborted) throw interruption(run.signal);
    if (!failed) return;
    const why = exitCode !== undefined ? `exited with ${exitCode}` : signal ? `was ended by ${signal}` : '';
    const message = `the hook ${event} of target ${target.name} failed: ${program} ${why || `cannot be started: ${whyNotStarted(code) ?? code}`}`;
    run.emit({ type: 'warning', message });
  } finally {
    run.signal.removeEventListener('abort', abort);
    timers.forEach(clearTimeout);
  }
}

const killAfter = 5_000; // milliseconds

function variables(
  { name }: Target,
  event: HookEvent,
  { file, report }: HookReport,
): Record<string, string | undefined> {
  const { error } = report as { error?: { message: string } };
  return {
    DB_ORCHESTRATE_EVENT: event,
    DB_ORCHESTRATE_TARGET: name,
    // Undefined: one of ours that we were started with ourselves is not passed on.
    DB_ORCHESTRATE_FILE: file,
    DB_ORCHESTRATE_REPORT: JSON.stringify(report),
    DB_ORCHESTRATE_ERROR: error && escapeLines(error.message),
  };
}
