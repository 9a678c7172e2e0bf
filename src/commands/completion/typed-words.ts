import type { Argument, Command, Option } from 'commander';

/** What the words before the cursor have said, and what the one at the cursor is going to be. */
export interface Place {
  readonly command: Command;
  /** Values of options that were given, by the option's name. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** The letters of the word so far. */
  readonly begun: string;
  readonly wanted:
    | { readonly kind: 'command' }
    | { readonly kind: 'option' }
    /** `prefix`: `--target=`, where the value stands in the same word. */
    | { readonly kind: 'value'; readonly option: Option; readonly prefix: string }
    | { readonly kind: 'argument'; readonly argument: Argument }
    /** Behind `--`: a program's name, or what it is given. */
    | { readonly kind: 'program' }
    | { readonly kind: 'anything' };
}

/** Follows the words of a command line as commander would; undefined where it would not go on. */
export function placeIn(program: Command, typed: readonly string[]): Place | undefined {
  const words = joined(typed);
  const begun = words.at(-1) ?? '';
  const given = new Map<string, string[]>();
  const give = (option: Option, value: string) =>
    given.set(option.attributeName(), [...(given.get(option.attributeName()) ?? []), value]);
  let command = program;
  let waiting: Option | undefined;
  let isBehind = false;
  let count = 0;
  for (const word of words.slice(0, -1)) {
    if (waiting) {
      give(waiting, word);
      waiting = undefined;
    } else if (isBehind) count += 1;
    else if (word === '--') isBehind = true;
    else if (word.startsWith('-')) {
      const { option, value } = optionOf(command, word);
      if (option && value !== undefined) give(option, value);
      else if (option?.required) waiting = option;
    } else if (command === program) {
      const found = program.commands.find(one => one.name() === word);
      if (!found) return undefined;
      command = found;
    } else count += 1;
  }
  const at = (wanted: Place['wanted'], letters = begun) => ({ command, given, begun: letters, wanted });
  if (waiting) return at({ kind: 'value', option: waiting, prefix: '' });
  if (!isBehind && begun.startsWith('-')) {
    const { option, value } = optionOf(command, begun);
    if (value === undefined) return at({ kind: 'option' });
    const prefix = begun.slice(0, begun.length - value.length);
    return option && at({ kind: 'value', option, prefix }, value);
  }
  if (command === program) return at({ kind: 'command' });
  const argument = command.registeredArguments[count] ?? command.registeredArguments.at(-1);
  if (!argument || (count >= command.registeredArguments.length && !argument.variadic)) return undefined;
  if (!argument.variadic) return at({ kind: 'argument', argument });
  return at({ kind: isBehind && count === 0 ? 'program' : 'anything' });
}

/** bash takes `--target=local` for three words. */
function joined(words: readonly string[]): string[] {
  const whole: string[] = [];
  for (const [index, word] of words.entries()) {
    const before = words[index - 1];
    const isParted = word === '=' && before?.startsWith('--');
    const isValue = before === '=' && words[index - 2]?.startsWith('--');
    // At the cursor only the value itself is completed.
    if (isValue && index === words.length - 1) {
      whole[whole.length - 1] = whole.at(-1)!.slice(0, -1);
      whole.push(word);
    } else if (isParted && index === words.length - 1) whole.push('');
    else if (isParted || isValue) whole[whole.length - 1] += word;
    else whole.push(word);
  }
  return whole;
}

function optionOf(command: Command, word: string): { option?: Option | undefined; value?: string } {
  const [, flag = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  const known = [...command.options, ...(command.parent?.options ?? [])];
  const option = known.find(({ long, short }) => long === flag || short === flag);
  return value === undefined ? { option } : { option, value };
}
