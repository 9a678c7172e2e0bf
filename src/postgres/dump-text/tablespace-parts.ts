import type { DumpStatement } from './dump-reader.ts';
import { namePattern, unquote } from './names.ts';
import type { ByteRange } from './strip-ranges.ts';

/** Where a dump says that what follows goes to a tablespace of that name. */
export type TablespacePart = ByteRange & { readonly name: string; readonly instead: Buffer };

export function createTablespaceParts(): {
  statement(statement: DumpStatement): void;
  parts: TablespacePart[];
} {
  const parts: TablespacePart[] = [];
  return {
    parts,
    statement({ keyword, text, offset, end }) {
      const name = keyword === 'SET' ? setTablespace.exec(text.toString('latin1', 0, 300))?.[1] : undefined;
      if (name !== undefined) parts.push({ name: unquote(name), start: offset, end, instead: inDefault });
    },
  };
}

const setTablespace = new RegExp(`^SET default_tablespace = (${namePattern});`);
/** Without it what follows would go to the tablespace that was named before. */
const inDefault = Buffer.from("SET default_tablespace = '';\n");
