/** Items that several take from, each of which needs locks while it is worked on. */
export interface LockQueue<Item> {
  /** Works on one after the other, always the first whose locks are free, until there is none left. */
  each(work: (item: Item) => Promise<void>): Promise<void>;
}

export function createLockQueue<Item>(
  items: readonly Item[],
  need: (item: Item) => { readonly locks: readonly string[]; readonly shared: boolean },
): LockQueue<Item> {
  const waiting = [...items];
  /** How often each is held; -1 by one that does not share it. */
  const held = new Map<string, number>();
  const wake: (() => void)[] = [];

  return {
    async each(work) {
      while (waiting.length > 0) {
        const index = waiting.findIndex(isFree);
        if (index < 0) {
          await new Promise<void>(resolve => wake.push(resolve));
          continue;
        }
        const [item] = waiting.splice(index, 1) as [Item];
        take(item);
        try {
          await work(item);
        } finally {
          release(item);
        }
      }
    },
  };

  function isFree(item: Item): boolean {
    const { locks, shared } = need(item);
    return locks.every(lock => {
      const holders = held.get(lock) ?? 0;
      return holders === 0 || (shared && holders > 0);
    });
  }

  function take(item: Item): void {
    const { locks, shared } = need(item);
    for (const lock of locks) held.set(lock, shared ? (held.get(lock) ?? 0) + 1 : -1);
  }

  function release(item: Item): void {
    const { locks, shared } = need(item);
    for (const lock of locks) held.set(lock, shared ? held.get(lock)! - 1 : 0);
    for (const resolve of wake.splice(0)) resolve();
  }
}
