import { createHash, type Hash } from 'node:crypto';
import { headerInWords, type ObjectHeader } from './object-header.ts';

export interface DumpedObject {
  readonly header: ObjectHeader;
  /** Of all that the dump says of it. */
  readonly digest: string;
}

/** One digest for each object that a dump has a header for. */
export interface ObjectDigests {
  begin(header: ObjectHeader): void;
  readonly type: string;
  /** `before`: what a setting that is not part of it says of it. */
  add(statement: Buffer, before?: string): void;
  /** By `headerInWords`. */
  end(): Map<string, DumpedObject>;
}

export function createObjectDigests(): ObjectDigests {
  const objects = new Map<string, { header: ObjectHeader; digests: string[] }>();
  let header: ObjectHeader = { type: 'HEAD', schema: '-', name: 'of the dump' };
  let digest: Hash | undefined;

  return {
    begin(next) {
      finish();
      header = next;
    },
    get type() {
      return header.type;
    },
    add(statement, before = '') {
      digest ??= createHash('sha256').update(before);
      digest.update(statement).update('\0');
    },
    end() {
      finish();
      const entries = [...objects].map(([words, { header, digests }]) => {
        return [words, { header, digest: digests.sort().join(' ') }] as const;
      });
      return new Map(entries);
    },
  };

  /** Several objects may have one name: operators, and names that differ in a newline. */
  function finish(): void {
    if (!digest) return;
    const words = headerInWords(header);
    const known = objects.get(words);
    if (known) known.digests.push(digest.digest('base64'));
    else objects.set(words, { header, digests: [digest.digest('base64')] });
    digest = undefined;
  }
}
