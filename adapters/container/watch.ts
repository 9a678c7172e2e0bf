import { whyUnusable } from './container-state.ts';
import type { Place } from './place.ts';
import type { Timing } from './timing.ts';

/**
 * A paused container, and an engine that vanished behind a network, leave a stream silent for ever; so does a query
 * that takes an hour. So silence makes us look at the container, and only what is found there counts.
 */
export function watchSilence(
  place: Place,
  bytesSoFar: () => number,
  onLost: (reason: string) => void,
  { lookAfterSilence, looksUntilLost }: Timing,
): { stop(): void } {
  let seen = -1;
  let bad = 0;
  let over = false;
  let timer = setTimeout(look, lookAfterSilence);

  async function look() {
    const bytes = bytesSoFar();
    const reason = bytes === seen ? await whyUnusable(place) : undefined;
    if (over) return;
    seen = bytes;
    bad = reason === undefined ? 0 : bad + 1;
    if (reason !== undefined && bad >= looksUntilLost) onLost(reason);
    else timer = setTimeout(look, lookAfterSilence);
  }
  return {
    stop() {
      over = true;
      clearTimeout(timer);
    },
  };
}
