import { pgliteAdapter } from '../../../adapters/pglite/adapter.ts';
import { adapterContract } from '../../../src/testing/adapter-contract.ts';
import { cleanEnv } from '../../stage/cli.ts';
import { projectFolder } from '../../stage/project-folder.ts';
import { inFolder } from './folder.ts';

adapterContract(pgliteAdapter, async () => {
  const project = projectFolder();
  await inFolder(project, 'SELECT 1');
  return {
    options: { folder: `${project}/data`, database: 'postgres' },
    unreachable: { folder: `${project}/none`, database: 'postgres' },
    env: cleanEnv(),
  };
});
