import { createServer, request } from 'node:http';
import { join } from 'node:path';
import type { Details, Parts } from './parts.ts';

/** Lets test files, which run in processes of their own, ask the runner for shared parts. */
export async function serveParts(folder: string, parts: Parts): Promise<{ close(): void }> {
  const server = createServer((question, answer) => {
    const name = question.url?.slice(1) as keyof Details;
    parts.get(name).then(
      details => answer.end(JSON.stringify({ details })),
      error => answer.end(JSON.stringify({ error: String(error?.message ?? error) })),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(join(folder, 'control'), resolve);
  });
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Asks the runner for a part. */
export function askForPart<Name extends keyof Details>(folder: string, name: Name): Promise<Details[Name]> {
  return new Promise((resolve, reject) => {
    const question = request({ socketPath: join(folder, 'control'), path: `/${name}` }, async answer => {
      let text = '';
      for await (const chunk of answer.setEncoding('utf8')) text += chunk;
      const { details, error } = JSON.parse(text);
      if (error) reject(new Error(error));
      else resolve(details);
    });
    question.on('error', reject);
    question.end();
  });
}
