import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterFile } from '../stage/after-file.ts';
import type { PgServer } from '../stage/part.ts';

/**
 * A `binDirectory` with the real psql, and a pg_dump that is real too, except when it dumps contents: then `script`
 * (of sh) runs, with the real one as `$real` and its arguments as "$@".
 */
export function fakeClients(server: PgServer, script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'dbo-clients-'));
  afterFile(async () => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(server.binDirectory, 'psql'), join(folder, 'psql'));
  const dump = `#!/bin/sh
real='${join(server.binDirectory, 'pg_dump')}'
case " $* " in *' --version '* | *' --schema-only '*) exec "$real" "$@" ;; esac
${script}
`;
  writeFileSync(join(folder, 'pg_dump'), dump);
  chmodSync(join(folder, 'pg_dump'), 0o755);
  return folder;
}
