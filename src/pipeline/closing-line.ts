import { Transform } from 'node:stream';
import { OrchestrateError } from '../errors.ts';

/** Longer than the longest closing: the comment, and `\unrestrict` with its key of up to some hundred letters. */
const held = 1024;

/**
 * Passes a dump on only when it is complete: its last lines must be the closing comment (recent minor releases
 * add `\unrestrict KEY`). What `addition` gives is put in front of them, so that they stay the last lines.
 */
export function closingLine(addition: () => Promise<Buffer>): Transform {
  let tail: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      const text = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
      const cut = Math.max(0, text.length - held);
      tail = text.subarray(cut);
      pass(null, text.subarray(0, cut));
    },
    async flush(pass) {
      try {
        // latin1: one character a byte, so that a position in the text is one in the bytes.
        const closing = /\n--\n-- PostgreSQL database dump complete\n--\n\n(\\unrestrict \w+\n\n)?$/.exec(
          tail.toString('latin1'),
        );
        if (!closing) throw new OrchestrateError('backup-failed', 'the dump ended without its closing line');
        const at = closing.index + 1;
        this.push(tail.subarray(0, at));
        this.push(await addition());
        this.push(tail.subarray(at));
        pass();
      } catch (error) {
        pass(error as Error);
      }
    },
  });
}
