import type { Server, Session } from '../contract/adapter.ts';

/** Does something in a session of its own, which is closed afterwards, whatever comes of it. */
export async function withSession<Result>(
  server: Server,
  database: string,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await server.session(database);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
