/** What can go wrong, each with its exit code and what that code means. `--help` and the README print this list. */
export const failures = {
  defect: { exitCode: 1, meaning: 'a defect of the tool: message, and where to report it' },
  usage: {
    exitCode: 2,
    meaning:
      'usage or configuration: unknown option or target, invalid config, nothing configured, nothing to undo',
  },
  unreachable: {
    exitCode: 3,
    meaning: 'the target cannot be reached: server, container or Docker engine down, login refused',
  },
  'no-client': {
    exitCode: 4,
    meaning:
      'no usable client program (missing, or older than the server) and no fallback; no scratch server for a proof',
  },
  'backup-failed': {
    exitCode: 5,
    meaning:
      'the backup failed, also one before a restore; nothing was published, earlier backups are untouched',
  },
  'restore-failed': { exitCode: 6, meaning: 'the restore failed; the database is as it was before' },
  'bad-file': { exitCode: 7, meaning: 'the backup file is damaged, hostile, or did not prove' },
  locked: { exitCode: 8, meaning: 'another run holds the lock' },
  refused: { exitCode: 9, meaning: 'refused: a confirmation was needed and not given' },
  partial: { exitCode: 10, meaning: 'some of several succeeded and some failed' },
} as const;

export type Failure = keyof typeof failures | 'interrupted';

/** Exit codes of a run that a signal ended: 128 + the signal's number, as shells report it. */
export const signalExitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export interface FailureDetails {
  /** A full sentence with the command to type next. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Where it is not the table's: an interruption's depends on the signal. */
  readonly exitCode?: number;
  /** What a script is told besides the error: keys of the document that --json prints. */
  readonly document?: object | undefined;
}

/** Every failure that the tool expects. Anything else that is thrown is a defect of the tool. */
export class OrchestrateError extends Error {
  readonly code: Failure;
  readonly hint: string | undefined;
  readonly exitCode: number;
  readonly document: object | undefined;

  constructor(code: Failure, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'OrchestrateError';
    this.code = code;
    this.hint = details.hint;
    this.document = details.document;
    this.exitCode =
      details.exitCode ?? (code === 'interrupted' ? signalExitCodes.SIGINT : failures[code].exitCode);
  }
}

/** The error that a cancelled run ends with: what `signal.abort(reason)` was given, or a plain interruption. */
export function interruption(signal: AbortSignal): OrchestrateError {
  return signal.reason instanceof OrchestrateError
    ? signal.reason
    : new OrchestrateError('interrupted', 'interrupted', { cause: signal.reason });
}
