import { badDump, incompleteDump } from './bad-dump.ts';
import type { DumpLine } from './dump-reader.ts';
import { foreignLine } from './foreign-text.ts';

/** Whether a text begins and ends as pg_dump's does. Each function takes the next thing that the reader found. */
export interface DumpFrame {
  comment(line: DumpLine): void;
  statement(line: number): void;
  /** `\restrict KEY` or `\unrestrict KEY`: in their places they are part of the frame, elsewhere a trap. */
  restriction(line: DumpLine): void;
  /** Whether comments still belong to the head, which no statement has followed. */
  readonly inHead: boolean;
  /** Throws `bad-file` when the closing lines are missing. */
  end(): void;
}

const opening = ['--', '-- PostgreSQL database dump', '--'];
const closing = ['--', '-- PostgreSQL database dump complete', '--'];

export function createDumpFrame(): DumpFrame {
  let opened = 0;
  let started = false;
  let key: string | undefined;
  let released = false;
  /** The comment lines that stand directly one below the other, up to here. */
  let recent: { line: number; text: string }[] = [];

  return {
    comment(line) {
      refuseAfterEnd(line.line);
      const text = line.text.toString('latin1', 0, 80);
      if (opened < opening.length) {
        if (text !== opening[opened]) throw foreignLine(line.text, line.line);
        opened += 1;
      } else if (text === opening[1]) throw badDump(`a second dump in the same file at line ${line.line}`);
      if (recent.at(-1)?.line !== line.line - 1) recent = [];
      recent = [...recent.slice(-2), { line: line.line, text }];
    },
    statement(line) {
      refuseAfterEnd(line);
      if (opened < opening.length)
        throw badDump(`no dump of pg_dump: a statement before the head at line ${line}`);
      started = true;
      recent = [];
    },
    restriction(line) {
      refuseAfterEnd(line.line);
      const [command, given] = line.text.toString('latin1').split(' ');
      const inPlace =
        command === '\\restrict'
          ? opened === opening.length && !started && key === undefined
          : given === key && isClosed();
      if (!inPlace) throw foreignLine(line.text, line.line);
      if (command === '\\restrict') key = given;
      else released = true;
    },
    get inHead() {
      return !started;
    },
    end() {
      if (!isClosed()) throw incompleteDump('its closing line is missing');
      if (key !== undefined && !released) throw incompleteDump('its last line, \\unrestrict, is missing');
    },
  };

  function isClosed(): boolean {
    return recent.length === 3 && recent.every(({ text }, index) => text === closing[index]);
  }

  function refuseAfterEnd(line: number): void {
    if (released) throw badDump(`more text behind the end of the dump at line ${line}`);
  }
}
