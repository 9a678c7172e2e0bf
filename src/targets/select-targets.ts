import type { Config, Target } from '../config/config.ts';
import { nothingConfigured } from '../config/environment.ts';
import { suggestion } from '../config/nearest.ts';
import { OrchestrateError } from '../errors.ts';

export interface TargetChoice {
  /** What `--target` named; several, and in this order. */
  readonly target?: readonly string[] | undefined;
  /** `--all-targets`. */
  readonly allTargets?: boolean | undefined;
}

/** The targets that a command is about: at least one. Throws `usage` when it is not clear which. */
export function selectTargets(
  config: Config,
  { target: names = [], allTargets = false }: TargetChoice = {},
): Target[] {
  if (config.targets.length === 0) throw nothingConfigured();
  if (allTargets && names.length > 0) {
    throw new OrchestrateError('usage', '--target and --all-targets exclude each other', {
      hint: 'Give one of them, for example: --all-targets',
    });
  }
  if (allTargets) return [...config.targets];
  if (names.length === 0) return [defaultTarget(config)];
  return [...new Set(names)].map(name => namedTarget(config, name));
}

/** The one target of a command that is about one database. Throws `usage`. */
export function selectTarget(config: Config, name?: string): Target {
  return selectTargets(config, { target: name === undefined ? [] : [name] })[0]!;
}

function namedTarget(config: Config, name: string): Target {
  const target = config.targets.find(one => one.name === name);
  if (target) return target;
  throw new OrchestrateError(
    'usage',
    `unknown target ${JSON.stringify(name)}${suggestion(name, namesOf(config))}`,
    {
      hint: 'See what is configured with: db-orchestrate targets',
    },
  );
}

function defaultTarget(config: Config): Target {
  const name = config.defaultTarget ?? (config.targets.length === 1 ? config.targets[0]!.name : 'local');
  const target = config.targets.find(one => one.name === name);
  if (target) return target;
  const names = namesOf(config);
  throw new OrchestrateError('usage', `no target was chosen, and there are several: ${names.join(', ')}`, {
    hint: `Name one with --target ${names[0]}, or set defaultTarget in the config file.`,
  });
}

function namesOf(config: Config): string[] {
  return config.targets.map(target => target.name);
}
