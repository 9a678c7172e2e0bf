import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/**
 * For a process of our own only: gigabytes pass by here in buffers that are soon free, for which V8 would mark all of its
 * memory, again and again. The young ones are collected as soon as there are some, in half a millisecond.
 */
export function collectBuffers(): void {
  let collect: NodeJS.GCFunction | undefined;
  const look = () => {
    if (getHeapStatistics().external_memory < most) return;
    collect ??= exposed();
    collect({ type: 'minor' });
  };
  setInterval(look, every).unref();
}

const most = 24 * 1024 * 1024;
const every = 25; // milliseconds

function exposed(): NodeJS.GCFunction {
  setFlagsFromString('--expose-gc');
  return process.getBuiltinModule('node:vm').runInNewContext('gc');
}
