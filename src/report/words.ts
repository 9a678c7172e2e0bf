import { isAbsolute, relative } from 'node:path';
import prettyBytes from 'pretty-bytes';

/** Null: a role may not be allowed to know it. */
export function sizeInWords(bytes: number | null): string {
  return bytes === null ? 'size unknown' : prettyBytes(bytes, { binary: true });
}

/** "2026-11-23 05:42:00", local time. */
export function dateInWords(date: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

const units = [
  ['year', 365 * 24 * 3600],
  ['month', 30 * 24 * 3600],
  ['day', 24 * 3600],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Made once, and only when needed: it costs more than all the rest of a line of the list. */
let relativeTime: Intl.RelativeTimeFormat | undefined;

/** "3 hours ago"; a date in the future reads "in 3 hours". */
export function ageInWords(date: Date, now: Date): string {
  const seconds = (date.getTime() - now.getTime()) / 1000;
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const);
  relativeTime ??= new Intl.RelativeTimeFormat('en', { numeric: 'always' });
  return relativeTime.format(Math.trunc(seconds / length) || -0, unit); // 0 would lie in the future
}

/** "850 ms", "3.2 s", "4 min 10 s". */
export function durationInWords(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** As a person in `cwd` would type it: "./backups/x.sql.gz", or the whole path when it lies elsewhere. */
export function pathInWords(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return below === '' || /^\.\.(\/|$)/.test(below) || isAbsolute(below) ? path : `./${below}`;
}
