import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OrchestrateError } from '../../../src/errors.ts';
import { createDumpCheck, type DumpFacts } from '../../../src/postgres/dump-text/check-dump.ts';

/** A dump that pg_dump wrote; fixtures/source.sql tells how. */
export function fixture(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, 'fixtures', name));
}

export const fixtures = ['copy.sql', 'inserts.sql', 'escapes.sql', 'copy-18.sql'] as const;

const head =
  "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\n";
export const tail = '--\n-- PostgreSQL database dump complete\n--\n\n';

/** A whole dump around some statements. The first of their lines is line 8. */
export function dump(body: string): string {
  return `${head}${body}${tail}`;
}

/** The facts of a text, pushed in pieces of the given sizes, over and over. */
export function factsOf(text: string | Buffer, sizes: readonly number[] = [65536]): DumpFacts {
  const bytes = Buffer.from(text as string);
  const check = createDumpCheck();
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const end = at + sizes[turn % sizes.length]!;
    check.push(bytes.subarray(at, end));
    at = end;
  }
  return check.end();
}

/** The message that a text is refused with; undefined when it is not. Any other error is a defect. */
export function refusalOf(text: string | Buffer, sizes?: readonly number[]): string | undefined {
  try {
    factsOf(text, sizes);
    return undefined;
  } catch (error) {
    if (error instanceof OrchestrateError && error.code === 'bad-file' && error.hint) return error.message;
    throw error;
  }
}
