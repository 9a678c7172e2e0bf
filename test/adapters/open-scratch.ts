import { containerAdapter } from '../../adapters/container/adapter.ts';
import { localHybrid } from '../../adapters/local-hybrid/adapter.ts';
import { anyServer } from './scratch.ts';

// node open-scratch.ts local-hybrid|container OPTIONS: a run that has a throwaway server open until it is killed.

const [name, options = ''] = process.argv.slice(2);
const adapter = name === 'container' ? containerAdapter : localHybrid;
const run = {
  ...{
    id: '0badcafe',
    signal: new AbortController().signal,
    now: () => new Date(),
    env: process.env,
    cwd: '/',
  },
  emit: () => undefined,
};
const server = await adapter.scratch!(JSON.parse(options), anyServer, run);
const session = await server.session('postgres');
console.log(JSON.stringify(await session.query(`SELECT current_setting('data_directory') AS data`)));
setInterval(() => undefined, 1_000_000);
