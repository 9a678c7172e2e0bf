import { type AccessStatement, createAccessBlock } from './access-block.ts';
import { badDump, excerpt } from './bad-dump.ts';
import { createDumpFrame } from './dump-frame.ts';
import { createDumpReader, type DumpHandler, type DumpLine, type DumpStatement } from './dump-reader.ts';
import { createDumpTally, type TableRows } from './dump-tally.ts';
import { createFunctionLanguages } from './function-languages.ts';
import { createInPlaceParts, type InPlaceFacts } from './in-place-parts.ts';
import { createLineEnds } from './line-ends.ts';
import type { ByteRange } from './strip-ranges.ts';
import { createTablespaceParts, type TablespacePart } from './tablespace-parts.ts';

/** What a whole, harmless dump says about itself. */
export interface DumpFacts {
  /** Of the text as it was pushed. */
  readonly bytes: number;
  readonly lineEnds: 'lf' | 'crlf';
  /** E.g. "15.18 (Debian 15.18-0+deb12u1)". */
  readonly serverVersion: string | undefined;
  readonly pgDumpVersion: string | undefined;
  /** PostgreSQL's name of it, e.g. "UTF8". */
  readonly encoding: string | undefined;
  /** One for each COPY, and for each run of INSERTs, in the order of the text. */
  readonly tables: readonly TableRows[];
  readonly largeObjects: number;
  readonly extensions: readonly string[];
  /** Of its functions, but for those that it creates by their name. */
  readonly languages: readonly string[];
  /** Roles that the dump's own statements need: owners, grants, policies, user mappings. */
  readonly roles: readonly string[];
  /** Owners and privileges that are given when all else is loaded. */
  readonly access: readonly AccessStatement[];
  /** Other programs' notices between the statements. */
  readonly setAside: readonly { readonly line: number; readonly text: string }[];
  /** What must not reach psql, as ranges of the text with LF line ends, in its order. */
  readonly drop: readonly ByteRange[];
  readonly inPlace: InPlaceFacts;
  readonly tablespaces: readonly TablespacePart[];
}

export interface DumpCheck {
  /** Throws `bad-file`, with the line, for what must not be restored. */
  push(chunk: Buffer): void;
  /** Throws `bad-file` when the dump is not whole. */
  end(): DumpFacts;
}

/** Where a dump has the owners and privileges that are given when all else is loaded. */
export interface AccessPlace {
  comment?(line: DumpLine): void;
  /** Whether it is one that is not to be loaded with the rest. */
  statement(statement: DumpStatement): boolean;
  end(): AccessStatement[];
}

const noticeLimit = 1000;

/** Checks that a text is one whole plain dump of pg_dump and nothing else. `also` listens to the same reader. */
export function createDumpCheck(
  access: AccessPlace = createAccessBlock(),
  also: readonly DumpHandler[] = [],
): DumpCheck {
  const lineEnds = createLineEnds();
  const frame = createDumpFrame();
  const tally = createDumpTally();
  const inPlace = createInPlaceParts();
  const tablespaces = createTablespaceParts();
  const languages = createFunctionLanguages();
  const setAside: { line: number; text: string }[] = [];
  const drop: ByteRange[] = [];
  const versions: { server?: string; pgDump?: string } = {};
  let bytes = 0;

  const reader = createDumpReader({
    onStatement(statement) {
      frame.statement(statement.line);
      inPlace.statement(statement);
      tablespaces.statement(statement);
      languages.statement(statement);
      if (access.statement(statement)) drop.push({ start: statement.offset, end: statement.end });
      else tally.statement(statement);
      for (const one of also) one.onStatement?.(statement);
    },
    onStatementRest(piece) {
      for (const one of also) one.onStatementRest?.(piece);
    },
    onComment(line) {
      frame.comment(line);
      access.comment?.(line);
      if (frame.inHead) readVersion(line);
      for (const one of also) one.onComment?.(line);
    },
    onRestriction(line) {
      frame.restriction(line);
      drop.push({ start: line.offset, end: line.end });
    },
    onNotice(line) {
      if (setAside.length === noticeLimit) throw badDump(`more than ${noticeLimit} lines of other programs`);
      setAside.push({ line: line.line, text: excerpt(line.text, 0, 200) });
      drop.push({ start: line.offset, end: line.end });
    },
    onCopyStart(target) {
      tally.copyStart(target);
      for (const one of also) one.onCopyStart?.(target);
    },
    onCopyRows(rows) {
      for (const one of also) one.onCopyRows?.(rows);
    },
    onCopyEnd(end) {
      tally.copyEnd(end);
      for (const one of also) one.onCopyEnd?.(end);
    },
  });

  return {
    push(chunk) {
      bytes += chunk.length;
      reader.push(lineEnds.push(chunk));
    },
    end() {
      reader.push(lineEnds.end());
      reader.end();
      frame.end();
      const { tables, largeObjects, extensions, roles, encoding } = tally;
      return {
        bytes,
        lineEnds: lineEnds.style,
        serverVersion: versions.server,
        pgDumpVersion: versions.pgDump,
        encoding,
        tables,
        largeObjects,
        extensions,
        languages: languages.found(),
        roles,
        access: access.end(),
        setAside,
        drop,
        inPlace: inPlace.facts,
        tablespaces: tablespaces.parts,
      };
    },
  };

  function readVersion({ text }: DumpLine): void {
    const match = /^-- Dumped (from database|by pg_dump) version (.+)$/.exec(text.toString('latin1', 0, 200));
    if (match) versions[match[1] === 'by pg_dump' ? 'pgDump' : 'server'] ??= match[2]!;
  }
}
