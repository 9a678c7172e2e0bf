import { Option } from 'commander';

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
