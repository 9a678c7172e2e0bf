import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/**
 * For a process of our own only: gigabytes pass by here in buffers that are soon free, for which V8 would mark all of its
 * memory, again and again, in a sixth of our time. The young ones are collected as soon as there are some, in half a
 * millisecond, and marking waits until its memory has become two and a half times as large. It must not be switched off:
 * compilers in the background may then wait for it when the process exits, and that for them.
 */
export function collectBuffers(): void {
  setFlagsFromString('--heap-growing-percent=150');
  let collect: NodeJS.GCFunction | undefined;
  /** What was still in use at the last collection. Looked at too often, it would pass for old. */
  let left = 0;
  const look = () => {
    const { external_memory } = getHeapStatistics();
    left = Math.min(left, external_memory);
    if (external_memory - left < most) return;
    collect ??= exposed();
    collect({ type: 'minor' });
    left = getHeapStatistics().external_memory;
  };
  setInterval(look, every).unref();
}

const most = 8 * 1024 * 1024;
const every = 25; // milliseconds

function exposed(): NodeJS.GCFunction {
  setFlagsFromString('--expose-gc');
  return process.getBuiltinModule('node:vm').runInNewContext('gc');
}
