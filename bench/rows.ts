import type { WorkName } from './works.ts';

/** A line of the table: a number of ours, and what it is held against. */
export interface Row {
  readonly name: string;
  /** wall: seconds; bytes: of the file; peak: bytes of memory. */
  readonly of: 'wall' | 'bytes' | 'peak';
  readonly ours: WorkName;
  /** Their sum. */
  readonly against?: readonly WorkName[];
  /** At most so much of the reference; without one, at most so many seconds or bytes. */
  readonly goal: number;
  readonly goalWithoutIgzip?: number;
}

export const rows: readonly Row[] = [
  {
    name: 'backup / pg_dump | gzip',
    of: 'wall',
    ours: 'backup',
    against: ['gzip'],
    goal: 0.3,
    goalWithoutIgzip: 0.4,
  },
  { name: 'backup / pg_dump | gzip: size', of: 'bytes', ours: 'backup', against: ['gzip'], goal: 1.02 },
  { name: 'backup / pg_dump > /dev/null', of: 'wall', ours: 'backup', against: ['text'], goal: 0.95 },
  { name: 'backup / pg_dump -Fd -j2 -Z1', of: 'wall', ours: 'backup', against: ['directory'], goal: 0.95 },
  { name: 'restore / gunzip | psql', of: 'wall', ours: 'restore', against: ['psql'], goal: 0.5 },
  { name: 'restore / pg_restore -j2', of: 'wall', ours: 'restore', against: ['pgRestore'], goal: 1 },
  {
    name: 'verify / gunzip | psql + pg_dump > /dev/null',
    of: 'wall',
    ours: 'verify',
    against: ['psql', 'text'],
    goal: 1,
  },
  {
    name: 'container, port / docker exec -t | gzip',
    of: 'wall',
    ours: 'port',
    against: ['script'],
    goal: 0.1,
  },
  {
    name: 'container, exec / docker exec -t | gzip',
    of: 'wall',
    ours: 'exec',
    against: ['script'],
    goal: 0.12,
  },
  { name: 'memory of backup', of: 'peak', ours: 'backup', goal: 200e6 },
  { name: 'memory of restore', of: 'peak', ours: 'restore', goal: 200e6 },
  { name: 'memory of verify', of: 'peak', ours: 'verify', goal: 200e6 },
  { name: 'memory of container, port', of: 'peak', ours: 'port', goal: 200e6 },
  { name: 'memory of container, exec', of: 'peak', ours: 'exec', goal: 200e6 },
  { name: '--help / node -e 0', of: 'wall', ours: 'help', against: ['node'], goal: 1.6 },
  { name: 'list of 10,000 backups', of: 'wall', ours: 'list', goal: 1 },
];

/** Those whose name has one of the words; all when there are none. */
export function chosenRows(words: readonly string[]): readonly Row[] {
  return rows.filter(({ name }) => words.length === 0 || words.some(word => name.includes(word)));
}
