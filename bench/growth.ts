import type { Taken } from './rounds.ts';
import type { WorkName } from './works.ts';

/** The memory of one work, as the data grows. */
export interface Growth {
  readonly work: WorkName;
  /** Bytes for each size; undefined where it failed. */
  readonly peaks: readonly (number | undefined)[];
  /** The largest size's by the smallest's. */
  readonly ratio: number | undefined;
  readonly met: boolean;
}

/** Not to the byte: a heap that is never full takes what it is given. */
const sameWithin = 1.1;
const limit = 200e6;

/** What was taken for each size, the smallest first. */
export function growth(sizes: readonly (readonly Taken[])[]): Growth[] {
  return (sizes[0] ?? []).map(({ work }) => {
    const peaks = sizes.map(taken => taken.find(one => one.work === work)?.peak);
    const [first, last] = [peaks[0], peaks.at(-1)];
    const ratio = first && last ? last / first : undefined;
    const small = peaks.every(peak => peak !== undefined && peak <= limit);
    return { work, peaks, ratio, met: small && ratio !== undefined && ratio <= sameWithin };
  });
}
