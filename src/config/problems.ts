import { z } from 'zod';
import type { OptionsIssue, OptionsSchema } from '../contract/adapter.ts';
import { OrchestrateError } from '../errors.ts';
import { redact } from '../report/redact.ts';
import { suggestion } from './nearest.ts';

/** One thing that is wrong with a configuration. */
export interface Problem {
  /** Where, from the outermost key on. */
  readonly path: readonly PropertyKey[];
  /** What was expected and what is there instead; free of secrets. */
  readonly text: string;
}

/** One error that tells all problems, each on a line of its own. `nameOf` may call a path by another name. */
export function invalidConfig(
  subject: string,
  problems: readonly Problem[],
  nameOf: (path: string) => string = path => path,
  hint = 'Correct this, then check it with: db-orchestrate targets',
): OrchestrateError {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const lines = problems.map(({ path, text }) => {
    const where = nameOf(dotted(path));
    return `  ${where === '' ? text : `${where}: ${text}`}`;
  });
  return new OrchestrateError('usage', [`${subject} has ${count}:`, ...lines].join('\n'), { hint });
}

/**
 * What a schema found, in words. `extraKeys` are known besides the schema's own at its top level, and `path` leads
 * to the value that was parsed.
 */
export function problemsOf(
  error: { readonly issues: readonly OptionsIssue[] },
  schema: OptionsSchema,
  value: unknown,
  path: readonly PropertyKey[] = [],
  extraKeys: readonly string[] = [],
): Problem[] {
  return (error.issues as readonly Issue[]).flatMap(issue => {
    const where = [...path, ...issue.path];
    if (issue.code !== 'unrecognized_keys') {
      return [{ path: where, text: `${expectation(issue)}${actual(where, valueAt(value, issue.path))}` }];
    }
    const known = [...(issue.path.length === 0 ? extraKeys : []), ...knownKeys(schema, issue.path)].sort();
    return issue.keys.map(key => ({ path: [...where, key], text: `unknown key${suggestion(key, known)}` }));
  });
}

type Issue = z.core.$ZodIssue;

const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? 'unusable name';
  if (issue.code === 'invalid_value') return `expected ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'invalid_type' && /^Invalid input/.test(issue.message)) {
    return `expected ${words[issue.expected] ?? issue.expected}`;
  }
  if (issue.code === 'too_small' && issue.origin === 'string' && /^Too small/.test(issue.message)) {
    return 'expected text that is not empty';
  }
  return issue.message.replace(/^[A-Z](?=[a-z])/, letter => letter.toLowerCase());
}

/** The value it got, unless it may be a secret. An object says nothing: what is wrong with it has its own path. */
function actual(path: readonly PropertyKey[], value: unknown): string {
  if (value === undefined) return ', but it is missing';
  if (value === null) return ', got null';
  if (Array.isArray(value)) return ', got a list';
  if (typeof value === 'object') return '';
  if (typeof value === 'function') return ', got a function';
  if (path.includes('hooks') || /pass|secret|token|url|key|credential|dsn|auth/i.test(String(path.at(-1)))) {
    return typeof value === 'string' ? '' : `, got a ${typeof value}`;
  }
  const text = typeof value === 'string' ? JSON.stringify(redact(value)) : String(value);
  return `, got ${text.length > 60 ? `${text.slice(0, 57)}…` : text}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
}

/** The keys that a schema knows at a path. Read from its JSON form, which looks alike for all kinds of schema. */
function knownKeys(schema: OptionsSchema, path: readonly PropertyKey[]): string[] {
  let at = jsonForms(schema);
  for (const key of path) {
    at = at.flatMap(alternatives).flatMap(one => {
      const next = one.properties?.[String(key)] ?? one.additionalProperties;
      return typeof next === 'object' ? [next as z.core.JSONSchema.BaseSchema] : [];
    }) as typeof at;
  }
  return [...new Set(at.flatMap(alternatives).flatMap(one => Object.keys(one.properties ?? {})))];
}

/** None for the schema of an adapter that comes with a zod of another kind. */
function jsonForms(schema: OptionsSchema): z.core.JSONSchema.BaseSchema[] {
  try {
    return [z.toJSONSchema(schema as z.ZodType, { io: 'input', unrepresentable: 'any' })];
  } catch {
    return [];
  }
}

function alternatives(schema: z.core.JSONSchema.BaseSchema): z.core.JSONSchema.BaseSchema[] {
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [schema, ...inner.flatMap(one => alternatives(one as z.core.JSONSchema.BaseSchema))];
}

/** targets.docker.container; a key that is no plain word stands in brackets. */
function dotted(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    const name = String(key);
    if (!/^[\w-]+$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
