/** All in milliseconds. */
export interface Timing {
  /** How long a program may be silent before its container is looked at, and how often then. */
  readonly lookAfterSilence: number;
  /** How often in a row it must be found paused, or not at all; backups of a machine pause containers for moments. */
  readonly looksUntilLost: number;
  /** When a program that was asked to end is asked more roughly, counted from the first time. */
  readonly insistAfter: readonly number[];
  /** When it is left alone, from the same moment. */
  readonly giveUpAfter: number;
  /** The engine closes a stream a moment before it knows how the program, or the container, ended. */
  readonly afterEnd: { readonly every: number; readonly times: number };
}

export const usualTiming: Timing = {
  lookAfterSilence: 2_000,
  looksUntilLost: 3,
  insistAfter: [1_000, 3_000, 6_000],
  giveUpAfter: 15_000,
  afterEnd: { every: 50, times: 40 },
};
