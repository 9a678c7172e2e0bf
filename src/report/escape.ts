/**
 * Text from servers, files and configuration as it may reach a terminal: control characters, and those that turn
 * the reading direction, are shown as escapes, so that no name can move the cursor or forge a line.
 */
export function escapeText(text: string): string {
  return text.replaceAll(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, show);
}

/** The same for messages of several lines. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeText).join('\n');
}

const short: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function show(character: string): string {
  return short[character] ?? `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
