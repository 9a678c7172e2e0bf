/**
 * Takes passwords out of text that other programs wrote. The tool's own messages never hold one; this is the last
 * line of defence for what libpq, Docker and their likes may repeat.
 */
export function redact(text: string): string {
  return (
    text
      // To the last @: who forgot to encode one has it in the password.
      .replaceAll(/(:\/\/[^\s:/@]*:)\S+(@)/g, '$1***$2')
      .replaceAll(/\b((?:pg|ssl)?password)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s'&]+)/gi, '$1=***')
  );
}
