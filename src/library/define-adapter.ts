import type { Adapter } from '../contract/adapter.ts';

/** Gives an adapter its types: `export default defineAdapter({ … })`, `Options` as its schema has them. Returns what it was given. */
export function defineAdapter<Options>(adapter: Adapter<Options>): Adapter<Options> {
  return adapter;
}
