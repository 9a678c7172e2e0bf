import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { RunContext } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';

/** Where the two packages are that make a server of a folder and a dump of a server. */
export interface Packages {
  /** The file that is the module. */
  readonly pglite: string;
  readonly tools: string;
}

const pglite = '@electric-sql/pglite';
const tools = '@electric-sql/pglite-tools';
/** pglite-tools works with exactly one version of pglite. */
const install = `npm install ${pglite}@0.5.8 ${tools}@0.4.8`;

/** Those of the project, whose folder it is, come before those beside this tool. Rejects with `no-client`. */
export function findPackages({ cwd }: Pick<RunContext, 'cwd'>): Packages {
  return { pglite: find(pglite, pglite, cwd), tools: find(tools, `${tools}/pg_dump`, cwd) };
}

function find(name: string, module: string, cwd: string): string {
  for (const from of [join(cwd, 'backup.config.js'), import.meta.url]) {
    try {
      return createRequire(from).resolve(module);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new OrchestrateError('no-client', `the package ${name} is not installed`, {
    hint: `The adapter pglite needs it. Install it with: ${install}`,
  });
}
