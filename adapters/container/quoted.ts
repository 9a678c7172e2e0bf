const longest = 80;

/** Text that someone typed, for a message: on one line, without what a terminal would obey, and not too long. */
export function quoted(text: string): string {
  const shown = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return JSON.stringify(shown).replaceAll(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A name as it is where nothing in it can be misread. */
export function bareOrQuoted(name: string): string {
  return /^[a-zA-Z0-9_.=-]+$/.test(name) ? name : quoted(name);
}
