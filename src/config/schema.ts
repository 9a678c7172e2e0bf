import { z } from 'zod';
import type { RetentionPolicy } from '../catalog/retention.ts';
import type { Adapter } from '../contract/adapter.ts';
import type { Exclude } from '../postgres/left-out.ts';
import { readNamePattern } from '../postgres/name-pattern.ts';
import type { Argv, Databases, Globals, Hooks, ScratchPlace, VerifyLevel } from './config.ts';
import { suggestion } from './nearest.ts';
import { type Problem, problemsOf } from './problems.ts';

/** Keys that the whole configuration and each target may have. */
export interface CommonSettings {
  readonly name?: string | undefined;
  readonly directory?: string | undefined;
  readonly retention?: RetentionPolicy | undefined;
  readonly jobs?: number | undefined;
  readonly exclude?: Exclude | undefined;
  readonly globals?: Globals | undefined;
  readonly hooks?: Omit<Hooks, 'folder'> | undefined;
  readonly verify?: VerifyLevel | false | undefined;
  readonly scratch?: ScratchPlace | undefined;
}

export interface TargetSettings extends CommonSettings {
  readonly adapter: Adapter;
  readonly databases?: Databases | undefined;
  readonly options: unknown;
}

export interface Settings extends CommonSettings {
  readonly defaultTarget?: string | undefined;
  readonly discover?: boolean | undefined;
  readonly targets: ReadonlyMap<string, TargetSettings>;
}

/** What each target of a configuration, as it was written, has for its adapter. */
export function adapterWords(raw: unknown): unknown[] {
  return Object.values(asObject(asObject(raw).targets)).map(target => asObject(target).adapter);
}

/** Checks a configuration as it was written; finds every problem, not only the first. `adapters`: by their words. */
export function validate(
  raw: unknown,
  adapters: ReadonlyMap<string, Adapter>,
  { targetsNeeded = true } = {},
): { readonly settings: Settings } | { readonly problems: readonly Problem[] } {
  const parsed = whole.safeParse(raw);
  const written = asObject(asObject(raw).targets);
  const names = Object.keys(written);
  const problems = parsed.success ? [] : problemsOf(parsed.error, whole, raw);
  const mayBeFound = asObject(raw).discover === true;
  if (parsed.success && targetsNeeded && !mayBeFound && names.length === 0) {
    const text = parsed.data.targets
      ? 'expected at least one target'
      : 'expected an object, but it is missing';
    problems.push({ path: ['targets'], text });
  }
  if (!mayBeFound) problems.push(...unknownDefault(asObject(raw).defaultTarget, names));

  const targets = new Map<string, TargetSettings>();
  for (const name of names) {
    const target = readTarget(name, written[name], adapters);
    if ('problems' in target) problems.push(...target.problems);
    else targets.set(name, target);
  }
  if (!parsed.success || problems.length > 0) return { problems };
  return { settings: { ...parsed.data, targets } };
}

/** Safe as the beginning of a file name, and never an option of a command. */
const name = z
  .string()
  .max(150, 'expected at most 150 characters')
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9._-]*$/,
    'expected only letters, digits, ".", "_" and "-", and neither "." nor "-" first',
  );

export function isTargetName(text: string): boolean {
  return name.safeParse(text).success;
}

const howMany = 'expected a whole number, 1 or more';
const count = z.int(howMany).min(1, howMany);

const retention = z
  .strictObject({
    last: count.optional(),
    daily: count.optional(),
    weekly: count.optional(),
    monthly: count.optional(),
  })
  // An empty rule would read as "keep none".
  .refine(
    rule => Object.values(rule).some(value => value !== undefined),
    'expected last, daily, weekly or monthly',
  );

const patterns = z
  .array(
    z
      .string()
      .refine(
        text => readNamePattern(text) !== undefined && !text.includes('\0'),
        'expected a pattern as pg_dump takes it: TABLE or SCHEMA.TABLE',
      ),
  )
  .optional();

const argv = z
  .custom<Argv>(
    isArgv,
    'expected a program and its arguments as a list, which no shell reads: ["curl", "-fsS", "https://…"], or ["sh", "-c", "…"]',
  )
  .optional();

function isArgv(value: unknown): boolean {
  const isWord = (word: unknown) => typeof word === 'string' && !word.includes('\0');
  return Array.isArray(value) && value.every(isWord) && value.length > 0 && value[0] !== '';
}

const common = {
  name: name.optional(),
  directory: z.string().min(1).optional(),
  retention: retention.optional(),
  jobs: count.optional(),
  exclude: z.strictObject({ tables: patterns, tableData: patterns }).optional(),
  globals: z.literal([true, false, 'with-passwords']).optional(),
  hooks: z.strictObject({ afterBackup: argv, afterRestore: argv, onFailure: argv }).optional(),
  verify: z.literal(['quick', 'full', false]).optional(),
  scratch: z.literal(['throwaway', 'same-server']).optional(),
};

const whole = z.strictObject({
  ...common,
  defaultTarget: z.string().optional(),
  discover: z.boolean().optional(),
  targets: z.record(name, z.unknown()).optional(),
});

/** The part of a target that does not depend on its adapter. */
const targetFrame = z.object({
  ...common,
  adapter: z.string(),
  databases: z.custom<Databases>(areDatabases, `expected 'all', or a list of names`).optional(),
});

function areDatabases(value: unknown): boolean {
  const isName = (name: unknown) => typeof name === 'string' && name !== '' && !name.includes('\0');
  return value === 'all' || (Array.isArray(value) && value.length > 0 && value.every(isName));
}

function readTarget(
  name: string,
  value: unknown,
  adapters: ReadonlyMap<string, Adapter>,
): TargetSettings | { readonly problems: readonly Problem[] } {
  const path = ['targets', name];
  const frame = targetFrame.safeParse(value);
  const problems = frame.success ? [] : problemsOf(frame.error, targetFrame, value, path);
  const wanted = asObject(value).adapter;
  const adapter = typeof wanted === 'string' ? adapters.get(wanted) : undefined;
  if (adapter === undefined) {
    if (typeof wanted === 'string') problems.push(unknownAdapter(wanted, adapters, path));
    return { problems };
  }
  const own = Object.fromEntries(
    Object.entries(asObject(value)).filter(([key]) => !Object.hasOwn(targetFrame.shape, key)),
  );
  const options = adapter.options.safeParse(own);
  if (!options.success) {
    problems.push(...problemsOf(options.error, adapter.options, own, path, Object.keys(targetFrame.shape)));
  }
  if (Object.hasOwn(own, 'database') && asObject(value).databases !== undefined) {
    problems.push({ path: [...path, 'databases'], text: 'expected either database or databases, not both' });
  }
  if (!frame.success || !options.success || problems.length > 0) return { problems };
  return { ...frame.data, adapter, options: options.data };
}

function unknownAdapter(
  name: string,
  adapters: ReadonlyMap<string, Adapter>,
  path: readonly string[],
): Problem {
  const known = [...adapters.keys()];
  const text = `unknown adapter ${JSON.stringify(name)}${suggestion(name, known)}`;
  return {
    path: [...path, 'adapter'],
    text: `${text}, a path such as ./adapters/mine.ts, an installed package`,
  };
}

function unknownDefault(name: unknown, known: readonly string[]): Problem[] {
  if (typeof name !== 'string' || known.includes(name)) return [];
  return [
    { path: ['defaultTarget'], text: `unknown target ${JSON.stringify(name)}${suggestion(name, known)}` },
  ];
}

/** Keys of whatever it is; none when it is no object. */
function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
