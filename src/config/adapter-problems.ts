import { z } from 'zod';
import { type Problem, problemsOf } from './problems.ts';

/** What is missing of an adapter, or is something else than it should be; only what can be seen without using it. */
export function adapterProblems(value: unknown): Problem[] {
  if (value === undefined)
    return [{ path: [], text: 'expected an adapter as the default export, but there is none' }];
  const parsed = shape.safeParse(value);
  return parsed.success ? [] : problemsOf(parsed.error, shape, value);
}

const isFunction = z.custom(value => typeof value === 'function', 'expected a function');

/** Of whatever copy of zod, or of something that does the same. */
const isSchema = z.custom(
  value => typeof (value as { safeParse?: unknown } | null | undefined)?.safeParse === 'function',
  'expected a schema of zod, which has safeParse',
);

/** The members of `Adapter`; the optional ones may be left out, but not be something else. */
const shape = z.object({
  name: z.string().min(1),
  options: isSchema,
  describe: isFunction,
  database: isFunction,
  probe: isFunction,
  open: isFunction,
  scratch: isFunction.optional(),
  probeScratch: isFunction.optional(),
  steps: z.array(z.object({ name: z.string().min(1), look: isFunction })).optional(),
  alternative: isFunction.optional(),
  optionsFor: isFunction.optional(),
  discover: isFunction.optional(),
});
