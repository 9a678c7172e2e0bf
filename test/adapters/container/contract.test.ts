import { containerAdapter } from '../../../adapters/container/adapter.ts';
import { adapterContract } from '../../../src/testing/adapter-contract.ts';
import { startContainer } from '../../stage/containers.ts';

adapterContract(containerAdapter, async () => {
  const container = await startContainer();
  const docker = { host: container.engine.host };
  return {
    options: { container: container.name, docker },
    unreachable: { container: 'nobody', password: 'a very secret word', docker },
    secrets: [container.password, 'a very secret word'],
    env: { HOME: '/nowhere' },
    async programs(application) {
      const script = 'grep -la "PGAPPNAME=$1" /proc/[0-9]*/environ';
      return (await container.exec(['sh', '-c', script, 'sh', application])).stdout;
    },
  };
});
