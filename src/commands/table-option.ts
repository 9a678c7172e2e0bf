import { Option } from 'commander';

export function tableOption(what: string): Option {
  return new Option('--table <name>', `${what}; may be given several times`).argParser(
    (name: string, names: string[] | undefined) => [...(names ?? []), name],
  );
}
