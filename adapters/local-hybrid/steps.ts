import type { Step } from '../../src/contract/adapter.ts';
import { missingConnection, parseConnection } from './connection.ts';
import type { LocalHybridOptions } from './options.ts';
import { findClients } from './programs.ts';

/** What has to be there before a server can be asked anything. */
export const localHybridSteps: readonly Step<LocalHybridOptions>[] = [
  {
    name: 'connection',
    async look({ url }, { env }) {
      const connection = parseConnection(url, env);
      if (!connection.configured) throw missingConnection();
      return [connection.describe, ...connection.notices].join('; ');
    },
  },
  {
    name: 'client programs',
    async look({ binDirectory }, run) {
      const clients = await findClients(binDirectory, run);
      return clients.map(({ version, directory }) => `${version.text} in ${directory}`).join(', ');
    },
  },
];
