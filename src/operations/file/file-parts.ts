import type { Hash } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { Manifest } from '../../catalog/manifest.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { OrchestrateError } from '../../errors.ts';
import { markedDigester, type StreamDigest } from '../../pipeline/meter.ts';
import { pourText, readText, type StoredText } from '../../pipeline/read-text.ts';
import type { ByteRange } from '../../postgres/dump-text/strip-ranges.ts';

/** The runs of whole gzip members that a file consists of. */
export interface FileParts {
  /** What each has of the whole text. */
  readonly texts: readonly ByteRange[];
  /** Those from one up to, but not including, another one; together they can be read by themselves. */
  from(first: number, end: number): FilePart;
}

/** One or more of them, read as one. */
export interface FilePart {
  /** What it has of the whole text. */
  readonly text: ByteRange;
  /** Hands on its text. Rejects with `bad-file` when that is not what was checked. */
  read(sink: (text: AsyncIterable<Buffer>) => Promise<void>): Promise<void>;
  /**
   * The same, with `last` behind it, but what is handed on may be wrong until it has fulfilled. Ends `output`; tells how far
   * it is, from 0 to 1.
   */
  pour(output: Writable, last: Buffer, tell: (share: number) => void): Promise<void>;
}

/** Where the parts of a file begin and end, as its manifest has it. */
export function partRanges(parts: NonNullable<Manifest['parts']>): { stored: ByteRange; text: ByteRange }[] {
  let [stored, text] = [0, 0];
  return parts.map(({ bytes, rawBytes }) => {
    const [start, textStart] = [stored, text];
    stored += bytes;
    text += rawBytes;
    return { stored: { start, end: stored }, text: { start: textStart, end: text } };
  });
}

/** `states` are of the hash of the checked file, at the ends of its parts. */
export function fileParts(
  path: string,
  ranges: ReturnType<typeof partRanges>,
  states: readonly Hash[],
  run: RunContext,
): FileParts {
  const from = (first: number, end: number): FilePart => {
    const [{ stored, text }, last] = [ranges[first]!, ranges[end - 1]!];
    const part = (): StoredText => ({
      gzip: true,
      part: { start: stored.start, end: last.stored.end },
      lastMember: last.text.end - last.text.start,
      digest: markedDigester([], states[first - 1]),
    });
    const expect = ({ sha256 }: StreamDigest) => {
      if (sha256 !== states[end - 1]!.copy().digest('hex')) throw changedFile(path);
    };
    return {
      text: { start: text.start, end: last.text.end },
      read: async sink => expect(await readText(path, part(), run, sink)),
      async pour(output, behind, tell) {
        const size = last.stored.end - stored.start;
        expect(await pourText(path, { ...part(), tell: bytes => tell(bytes / size) }, run, output, behind));
      },
    };
  };
  return { texts: ranges.map(({ text }) => text), from };
}

export function changedFile(path: string): OrchestrateError {
  return new OrchestrateError('bad-file', `${path} changed while it was being restored`, {
    hint: 'Run the command again when nothing writes to the file any more.',
  });
}
