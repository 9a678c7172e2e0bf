import { z } from 'zod';
import type { Adapter } from '../contract/adapter.ts';
import type { RetentionPolicy } from './config.ts';
import { suggestion } from './nearest.ts';
import { type Problem, problemsOf } from './problems.ts';

/** Keys that the whole configuration and each target may have. */
export interface CommonSettings {
  readonly name?: string | undefined;
  readonly directory?: string | undefined;
  readonly retention?: RetentionPolicy | undefined;
}

export interface TargetSettings extends CommonSettings {
  readonly adapter: Adapter;
  readonly options: unknown;
}

export interface Settings extends CommonSettings {
  readonly defaultTarget?: string | undefined;
  readonly targets: ReadonlyMap<string, TargetSettings>;
}

/** Checks a configuration as it was written; finds every problem, not only the first. */
export function validate(
  raw: unknown,
  adapters: readonly Adapter[],
  { targetsNeeded = true } = {},
): { readonly settings: Settings } | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const parsed = whole.safeParse(raw);
  if (!parsed.success) problems.push(...problemsOf(parsed.error, whole, raw));

  const written = Object.entries(targetsOf(raw));
  const targets = new Map<string, TargetSettings>();
  for (const [name, value] of written) {
    const target = readTarget(name, value, adapters);
    if ('problems' in target) problems.push(...target.problems);
    else targets.set(name, target);
  }

  const names = written.map(([name]) => name);
  if (targetsNeeded && parsed.success && names.length === 0) {
    problems.push({ path: ['targets'], text: 'expected at least one target' });
  }
  const wanted = parsed.data?.defaultTarget;
  if (wanted !== undefined && !names.includes(wanted)) {
    problems.push({
      path: ['defaultTarget'],
      text: `unknown target ${JSON.stringify(wanted)}${suggestion(wanted, names)}`,
    });
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

const count = z
  .number()
  .refine(value => Number.isInteger(value) && value >= 1, 'expected a whole number, 1 or more');

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

const common = {
  name: name.optional(),
  directory: z.string().min(1).optional(),
  retention: retention.optional(),
};

const whole = z.strictObject({
  ...common,
  defaultTarget: z.string().optional(),
  targets: z.record(name, z.unknown()),
});

/** The part of a target that does not depend on its adapter. */
const targetFrame = z.object({ ...common, adapter: z.string() });

function readTarget(
  name: string,
  value: unknown,
  adapters: readonly Adapter[],
): TargetSettings | { readonly problems: Problem[] } {
  const path = ['targets', name];
  const frame = targetFrame.safeParse(value);
  const problems = frame.success ? [] : problemsOf(frame.error, targetFrame, value, path);
  const wanted = (value as { adapter?: unknown } | null | undefined)?.adapter;
  const adapter = adapters.find(one => one.name === wanted);
  if (adapter === undefined) {
    if (typeof wanted === 'string') {
      const known = adapters.map(one => one.name);
      problems.push({
        path: [...path, 'adapter'],
        text: `unknown adapter ${JSON.stringify(wanted)}${suggestion(wanted, known)}`,
      });
    }
    return { problems };
  }
  const own = Object.fromEntries(
    Object.entries(value as object).filter(([key]) => !Object.hasOwn(targetFrame.shape, key)),
  );
  const options = adapter.options.safeParse(own);
  if (!options.success) {
    problems.push(...problemsOf(options.error, adapter.options, own, path, Object.keys(targetFrame.shape)));
  }
  if (!frame.success || !options.success) return { problems };
  return { ...frame.data, adapter, options: options.data };
}

function targetsOf(raw: unknown): object {
  const targets = (raw as { targets?: unknown } | null | undefined)?.targets;
  return typeof targets === 'object' && targets !== null && !Array.isArray(targets) ? targets : {};
}
