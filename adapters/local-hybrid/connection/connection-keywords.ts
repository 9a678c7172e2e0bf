import { OrchestrateError } from '../../../src/errors.ts';
import { isKeyword, type Parameter } from './settings.ts';

/**
 * Reads libpq's connection string (`host=localhost dbname='my db'`): blanks around `=` are allowed, a backslash
 * makes the next character literal. Throws `usage`; the message repeats nothing, as any part may be a password.
 */
export function readKeywords(text: string): Parameter[] {
  const pair = /\s*([^\s=]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(?!')((?:[^\s\\]|\\.)*))/sy;
  const parameters: Parameter[] = [];
  while (text.slice(pair.lastIndex).trim() !== '') {
    const [, keyword, quoted, plain] = pair.exec(text) ?? [];
    if (keyword === undefined) throw unreadable('it is not a list of key=value pairs');
    if (!isKeyword(keyword)) throw unreadable('it has a key that libpq does not know');
    parameters.push([keyword, (quoted ?? plain ?? '').replaceAll(/\\(.)/gs, '$1')]);
  }
  return parameters;
}

function unreadable(reason: string): OrchestrateError {
  return new OrchestrateError('usage', `the connection string cannot be read: ${reason}`, {
    hint: "Put a value with blanks into quotes, or write a URL: host=localhost dbname=mydb password='two words'",
  });
}
