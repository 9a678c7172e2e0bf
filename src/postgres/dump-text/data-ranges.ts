import type { DumpHandler } from './dump-reader.ts';
import type { ByteRange } from './strip-ranges.ts';

/** Collects where a dump has rows and the contents of large objects: without these ranges it is a schema. */
export function createDataRanges(): { readonly handler: DumpHandler; readonly ranges: readonly ByteRange[] } {
  const ranges: { start: number; end: number }[] = [];
  /** Whether nothing but comments and blank lines came since the last one. */
  let touches = false;
  const add = (start: number, end: number) => {
    if (touches) ranges.at(-1)!.end = end;
    else ranges.push({ start, end });
    touches = true;
  };
  return {
    ranges,
    handler: {
      onStatement({ keyword, text, offset, end }) {
        if (isData(keyword, text)) add(offset, end);
        else touches = false;
      },
      onCopyEnd({ offset, end }) {
        add(offset, end);
      },
    },
  };
}

/** A large object is made with the schema and filled with the data, in a transaction. */
function isData(keyword: string, text: Buffer): boolean {
  if (keyword === 'SELECT')
    return /^SELECT pg_catalog\.lo(?:_open|write|_close)\(/.test(text.toString('latin1', 0, 40));
  return keyword === 'INSERT' || keyword === 'COPY' || keyword === 'BEGIN' || keyword === 'COMMIT';
}
