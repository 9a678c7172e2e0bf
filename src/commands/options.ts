import { InvalidArgumentError, Option } from 'commander';

export function targetOption(): Option {
  return new Option('--target <name>', 'a target of the configuration; may be given several times').argParser(
    (name: string, names: string[] | undefined) => [...(names ?? []), name],
  );
}

export function allTargetsOption(): Option {
  return new Option('--all-targets', 'every target of the configuration').conflicts('target');
}

/** For commands that work on one target at a time. */
export function oneTargetOption(): Option {
  return new Option('--target <name>', 'a target of the configuration');
}

export function jobsOption(): Option {
  return new Option(
    '--jobs <n>',
    'how many sessions work side by side; without it one a processor',
  ).argParser((typed: string) => {
    if (/^[1-9]\d{0,3}$/.test(typed)) return Number(typed);
    throw new InvalidArgumentError('expected a whole number, 1 or more');
  });
}
