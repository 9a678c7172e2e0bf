/** Everything that is not pure reaches the code through here; only the edge (main.ts) fills it. */
export interface RunContext {
  /** This run's own name: 8 lower-case hexadecimal digits. Staged files and new databases carry it. */
  readonly id: string;
  /** Aborted when the run is interrupted; every child program and wait ends on it. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path that relative paths start from. */
  readonly cwd: string;
  readonly emit: (event: RunEvent) => void;
}

/** What a run tells while it works. Reporters decide what a person sees of it. */
export type RunEvent =
  /** Something a person should know but need not act on. */
  | { readonly type: 'notice'; readonly message: string }
  /** Something that is not as it should be, though the run goes on. */
  | { readonly type: 'warning'; readonly message: string }
  /** How the tool went about it; shown with --verbose. */
  | { readonly type: 'detail'; readonly message: string }
  /** Bytes of dump text that have passed in the current stage, since the stage began. */
  | { readonly type: 'progress'; readonly stage: string; readonly bytes: number; readonly total?: number };
