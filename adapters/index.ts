import type { Adapter } from '../src/contract/adapter.ts';
import { containerAdapter } from './container/adapter.ts';
import { localHybrid } from './local-hybrid/adapter.ts';
import { pgliteAdapter } from './pglite/adapter.ts';

/** The only list of built-in adapters. */
export const adapters: readonly Adapter[] = [localHybrid, containerAdapter, pgliteAdapter];
