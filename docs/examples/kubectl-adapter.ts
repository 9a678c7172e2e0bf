import { clientServer, defineAdapter, OrchestrateError, spawnThrough } from 'db-orchestrate';
import { z } from 'zod';

// PostgreSQL in a pod, by the client programs in there: `adapter: './adapters/kubectl-adapter.ts'`. Tested against a
// stand-in for kubectl that runs commands on this machine; not tried on a cluster.

const name = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'expected a name as Kubernetes has them');

export default defineAdapter({
  name: 'kubectl',
  options: z.strictObject({
    pod: name,
    namespace: name.default('default'),
    user: z.string().default('postgres'),
    password: z.string().optional(),
    database: z.string().default('postgres'),
  }),
  describe: ({ pod, namespace }) => `pod ${namespace}/${pod}`,
  database: ({ database }) => database,

  async probe(options, run) {
    try {
      const server = await this.open(options, run);
      await server.close();
      return { usable: true, describe: server.describe };
    } catch (error) {
      if (error instanceof OrchestrateError) return { usable: false, reason: error.message, failure: error };
      throw error;
    }
  },

  open({ pod, namespace, user, password, database }, run) {
    const where = `in pod ${namespace}/${pod}`;
    const spawn = spawnThrough(
      {
        where,
        command: argv => ['kubectl', 'exec', '--stdin', '--namespace', namespace, pod, '--', ...argv],
        env: { PGUSER: user },
        ...(password !== undefined && { secrets: { PGPASSWORD: password } }),
      },
      run,
    );
    const install = (major: number) => `Use an image that has the client programs of PostgreSQL ${major}.`;
    return clientServer({ where, database, spawn, install, seesThisHost: false }, run);
  },
});
