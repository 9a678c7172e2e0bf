import { localHybrid } from '../../../adapters/local-hybrid/adapter.ts';
import { adapterContract } from '../../../src/testing/adapter-contract.ts';
import { cleanEnv } from '../../stage/cli.ts';
import { connectionUrl } from '../../stage/client.ts';
import { programsNamed } from '../../stage/programs-named.ts';
import { hostServer } from '../../stage/servers.ts';

adapterContract(localHybrid, async () => {
  const server = await hostServer();
  return {
    options: { url: connectionUrl(server, 'postgres'), binDirectory: server.binDirectory },
    unreachable: { url: 'postgresql://me:hid%64en@127.0.0.1:1/x' },
    secrets: [server.password, encodeURIComponent(server.password), 'hidden', 'hid%64en'],
    env: cleanEnv(),
    programs: programsNamed,
  };
});
