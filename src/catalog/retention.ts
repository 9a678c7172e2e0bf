/** How many backups stay: the newest ones, and the newest of each of the last days, weeks (from Monday) and months. */
export interface RetentionPolicy {
  readonly last?: number | undefined;
  readonly daily?: number | undefined;
  readonly weekly?: number | undefined;
  readonly monthly?: number | undefined;
}

/** What retention has to know of a backup. */
export interface RetentionCandidate {
  readonly startedAt: Date;
  /** Not damaged, as far as is known. */
  readonly whole: boolean;
  readonly proven: boolean;
  readonly labelled: boolean;
  /** Made by the tool itself (before a restore, by guard), not asked for by a person or a schedule. */
  readonly automatic: boolean;
  /** An undo would restore it. */
  readonly undoes?: boolean;
}

export interface RetentionDecision<Candidate> {
  readonly backup: Candidate;
  /** Why it stays; none: it goes. */
  readonly reasons: readonly string[];
}

/** Of the backups that the tool made by itself, the newest so many stay, whatever the policy says. */
const automaticKept = 3;

/**
 * Decides what stays. Pure: no clock but `now`, no file. Only whole backups count, so that a damaged one never
 * pushes a good one out; it stays itself, for a person to look at, and so does one that is dated in the future.
 * The last good backup, the last proven one, and those with a label always stay.
 */
export function applyRetention<Candidate extends RetentionCandidate>(
  backups: readonly Candidate[],
  policy: RetentionPolicy,
  now: Date,
): RetentionDecision<Candidate>[] {
  const reasons = new Map<Candidate, string[]>(backups.map(backup => [backup, []]));
  const keep = (backup: Candidate | undefined, reason: string) => backup && reasons.get(backup)!.push(reason);

  const counted: Candidate[] = [];
  for (const backup of backups) {
    if (!backup.whole) keep(backup, 'not whole: not counted, look at it');
    else if (backup.startedAt > now) keep(backup, 'dated in the future: not counted');
    else counted.push(backup);
  }
  counted.sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());

  const automatic = counted.filter(backup => backup.automatic);
  for (const backup of automatic.slice(0, automaticKept))
    keep(backup, `one of the newest ${automaticKept} that were made automatically`);
  for (const backup of counted) if (backup.labelled) keep(backup, 'has a label');
  for (const backup of counted) if (backup.undoes) keep(backup, 'undo would restore it');
  keep(counted[0], 'the last good one');
  keep(
    counted.find(backup => backup.proven),
    'the last proven one',
  );

  const ordinary = counted.filter(backup => !backup.automatic);
  const isLimited = Object.values(policy).some(count => count !== undefined);
  if (!isLimited) for (const backup of ordinary) keep(backup, 'no retention is configured');
  for (const [rule, count] of Object.entries(policy) as [keyof RetentionPolicy, number | undefined][]) {
    for (const backup of newestOfEach(ordinary, periods[rule]).slice(0, count ?? 0)) keep(backup, rule);
  }
  return backups.map(backup => ({ backup, reasons: reasons.get(backup)! }));
}

/** Names the period that a backup falls into, in local time. */
const periods: Record<keyof RetentionPolicy, (backup: RetentionCandidate) => unknown> = {
  last: backup => backup,
  daily: ({ startedAt }) => startedAt.toDateString(),
  weekly: ({ startedAt }) => mondayOf(startedAt).toDateString(),
  monthly: ({ startedAt }) => `${startedAt.getFullYear()}-${startedAt.getMonth()}`,
};

function mondayOf(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - ((date.getDay() + 6) % 7));
}

function newestOfEach<Candidate extends RetentionCandidate>(
  newestFirst: readonly Candidate[],
  periodOf: (backup: RetentionCandidate) => unknown,
): Candidate[] {
  const seen = new Set<unknown>();
  return newestFirst.filter(backup => !seen.has(periodOf(backup)) && seen.add(periodOf(backup)));
}
