import { access, constants } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import type { Target } from '../../config/config.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { type Check, ok, warning } from './check.ts';

/** Whether the programs of the target's hooks can be started; none where it has no hooks. */
export async function hooksChecks({ hooks }: Target, { env }: Pick<RunContext, 'env'>): Promise<Check[]> {
  if (!hooks) return [];
  const { folder, ...events } = hooks;
  const programs = Object.entries(events).flatMap(([event, argv]) =>
    argv ? [{ event, program: argv[0]! }] : [],
  );
  const places = (program: string) =>
    program.includes('/')
      ? [resolve(folder, program)]
      : (env.PATH ?? '').split(delimiter).map(part => resolve(folder, part, program));
  const missing: string[] = [];
  for (const { event, program } of programs)
    if (!(await isAnyExecutable(places(program)))) missing.push(`${event}: ${program}`);
  if (programs.length === 0) return [];
  if (missing.length === 0) return [ok('hooks', programs.map(({ event }) => event).join(', '))];
  const hint = 'Correct hooks in the config file: each is a list of a program and its arguments.';
  return [warning('hooks', `there is no such program to start: ${missing.join(', ')}`, hint)];
}

async function isAnyExecutable(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    const isExecutable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isExecutable) return true;
  }
  return false;
}
