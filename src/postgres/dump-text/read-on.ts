/** Reads from there as far as it can, and returns where it stopped. */
export type ReadStep = (text: Buffer, from: number) => number;

/**
 * Reads a chunk behind what was left of the one before, always by the step that is the current one, until that comes no
 * further and still is. Returns what only more text can tell, as a copy: the caller may use its buffer again.
 */
export function readOn(
  left: Buffer,
  chunk: Buffer,
  current: () => ReadStep,
  passed: (bytes: number) => void = () => undefined,
): Buffer {
  const text = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
  let at = 0;
  for (;;) {
    const step = current();
    const next = step(text, at);
    if (next === at && step === current()) return Buffer.from(text.subarray(at));
    passed(next - at);
    at = next;
  }
}
