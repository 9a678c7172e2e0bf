import type { Session } from '../contract/adapter.ts';

/** Whether a transaction was committed; waits for one that still runs. The server forgets after many more. */
export async function isCommitted(transaction: string, session: Session): Promise<boolean> {
  for (;;) {
    const [row] = await session
      .query<{ status: string | null }>(`SELECT pg_xact_status('${BigInt(transaction)}'::xid8) AS status`)
      .catch(() => []); // an id of the future: of another server, or from before it was set up anew
    if (row?.status !== 'in progress') return row?.status === 'committed';
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
