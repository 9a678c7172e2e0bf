/** The known word that a mistyped one most likely meant; undefined when none is near. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map(word => ({ word, distance: editDistance(typed.toLowerCase(), word.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.ceil(typed.length / 3) ? best.word : undefined;
}

/** ", did you mean container? known: adapter, container": what follows a name that nobody knows. */
export function suggestion(typed: string, known: readonly string[]): string {
  const near = nearest(typed, known);
  const meant = near === undefined ? '' : `, did you mean ${near}?`;
  return `${meant}${meant ? ' ' : '; '}known: ${known.join(', ') || 'none'}`;
}

/** How many characters must be inserted, removed or replaced to turn one text into the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...b].entries()) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (left === right ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
