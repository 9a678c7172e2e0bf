/** Items that several take from, each of which needs locks while it is worked on. */
export interface LockQueue<Item> {
  add(items: readonly Item[]): void;
  /** No more will be added. */
  end(): void;
  /**
   * Works on one after the other, always the first whose locks are free, until there is none left and none will come.
   * `beside` tells how many others are worked on or could be, but no more than asked for.
   */
  each(work: (item: Item, beside: (most: number) => number) => Promise<void>): Promise<void>;
}

export function createLockQueue<Item>(
  need: (item: Item) => { readonly locks: readonly string[]; readonly shared: boolean },
): LockQueue<Item> {
  const waiting: Item[] = [];
  /** How often each is held; -1 by one that does not share it. */
  const held = new Map<string, number>();
  let working = 0;
  let ended = false;
  let wake: (() => void)[] = [];

  return {
    add(items) {
      waiting.push(...items);
      wakeAll();
    },
    end() {
      ended = true;
      wakeAll();
    },
    async each(work) {
      while (waiting.length > 0 || !ended) {
        const index = waiting.findIndex(isFree);
        if (index < 0) {
          await new Promise<void>(resolve => wake.push(resolve));
          continue;
        }
        const [item] = waiting.splice(index, 1) as [Item];
        take(item);
        try {
          await work(item, beside);
        } finally {
          release(item);
        }
      }
    },
  };

  function beside(most: number): number {
    let count = working - 1;
    for (const item of waiting) {
      if (count >= most) return most;
      if (isFree(item)) count += 1;
    }
    return Math.min(count, most);
  }

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
    working += 1;
  }

  function release(item: Item): void {
    const { locks, shared } = need(item);
    for (const lock of locks) held.set(lock, shared ? held.get(lock)! - 1 : 0);
    working -= 1;
    wakeAll();
  }

  function wakeAll(): void {
    const woken = wake;
    wake = [];
    for (const resolve of woken) resolve();
  }
}
