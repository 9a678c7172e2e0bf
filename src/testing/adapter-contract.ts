import { after, before, describe } from 'node:test';
import type { Adapter } from '../contract/adapter.ts';
import { endingTests } from './ending-tests.ts';
import { movingTests } from './moving-tests.ts';
import { openingTests } from './opening-tests.ts';
import { type ContractSetting, openScene, type Scene } from './scene.ts';
import { sessionTests } from './session-tests.ts';

export type { ContractSetting } from './scene.ts';

/**
 * The obligations of an adapter as tests of node:test, against a real server. `prepare` is called once, before the first
 * test. What they make there, all of it in databases named contract_…, they drop again.
 */
export function adapterContract<Options>(
  adapter: Adapter<Options>,
  prepare: () => ContractSetting<Options> | Promise<ContractSetting<Options>>,
): void {
  describe(`adapter ${adapter.name} keeps the contract:`, () => {
    let opened: Scene<Options> | undefined;
    const scene = () => opened!;
    before(async () => {
      opened = await openScene(adapter, await prepare());
    });
    after(async () => opened?.close());
    openingTests(scene);
    sessionTests(scene);
    movingTests(scene);
    endingTests(scene);
  });
}
