import type { Server } from '../contract/adapter.ts';
import { OrchestrateError } from '../errors.ts';

/** Roles, their memberships and settings, and tablespaces of a server, as SQL. */
export interface GlobalsDump {
  readonly text: Buffer;
  /** Whether password hashes are in it. */
  readonly passwords: boolean;
}

/** Rejects with `backup-failed` where the adapter cannot, or what came is not whole; and as a dump does. */
export async function dumpGlobals(
  server: Server,
  { passwords }: { passwords: boolean },
): Promise<GlobalsDump> {
  if (!server.dumpGlobals)
    throw new OrchestrateError('backup-failed', `${server.describe}: its adapter cannot dump roles`, {
      hint: 'Leave globals out of the configuration of this target.',
    });
  const dump = await server.dumpGlobals({ passwords });
  const chunks: Buffer[] = [];
  for await (const chunk of dump.stdout) chunks.push(chunk as Buffer);
  await dump.done;
  const text = Buffer.concat(chunks);
  if (text.includes('\n-- PostgreSQL database cluster dump complete')) return { text, passwords };
  throw new OrchestrateError('backup-failed', 'pg_dumpall ended before its closing line');
}
