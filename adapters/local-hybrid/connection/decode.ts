import { OrchestrateError } from '../../../src/errors.ts';

/**
 * Percent-decodes a part of a URL. A `+` stays one, as in libpq, and so does a `%` that begins no code: people
 * write `100%` into passwords. Throws `usage` when the codes are not UTF-8.
 */
export function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch (cause) {
    throw new OrchestrateError('usage', `${what} in the database URL has percent codes that are not UTF-8`, {
      cause,
      hint: 'Write a % of the value itself as %25, and every other special character as its UTF-8 bytes.',
    });
  }
}
