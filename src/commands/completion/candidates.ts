import type { Command } from 'commander';
import type { Config } from '../../config/config.ts';
import type { RunContext } from '../../contract/run-context.ts';
import type { Place } from './typed-words.ts';

export interface Candidate {
  readonly value: string;
  /** What a shell that shows such things shows beside it. */
  readonly about: string;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** What else the shell offers: names of files or of programs. */
  readonly also: 'files' | 'programs' | 'nothing';
}

export const nothing: Completion = { candidates: [], also: 'nothing' };

/** What may stand at a place of the command line. `readConfig` is asked only where names of targets or backups may. */
export async function completionAt(
  place: Place,
  readConfig: () => Promise<Config>,
  run: RunContext,
): Promise<Completion> {
  const { candidates, also } = await allAt(place, readConfig, run);
  return { candidates: candidates.filter(({ value }) => value.startsWith(wholeWord(place))), also };
}

function wholeWord({ wanted, begun }: Place): string {
  return wanted.kind === 'value' ? wanted.prefix + begun : begun;
}

async function allAt(place: Place, readConfig: () => Promise<Config>, run: RunContext): Promise<Completion> {
  const { command, wanted } = place;
  switch (wanted.kind) {
    case 'command':
      return { candidates: commandsOf(command), also: 'nothing' };
    case 'option':
      return { candidates: optionsOf(command), also: 'nothing' };
    case 'value': {
      const { option, prefix } = wanted;
      const before = ({ value, about }: Candidate) => ({ value: prefix + value, about });
      if (option.argChoices) return { candidates: option.argChoices.map(plain).map(before), also: 'nothing' };
      if (option.attributeName() === 'config') return { candidates: [], also: 'files' };
      if (option.attributeName() !== 'target') return nothing;
      return { candidates: targetsOf(await readConfig()).map(before), also: 'nothing' };
    }
    case 'argument': {
      const { argument } = wanted;
      if (argument.argChoices) return { candidates: argument.argChoices.map(plain), also: 'nothing' };
      // `FILE|latest|ID`, `A`, `B|live`: a backup, or, in small letters, what is typed as it is.
      const literal = argument
        .name()
        .split('|')
        .filter(word => /^[a-z]+$/.test(word));
      const words = [...new Set(['latest', ...literal])].map(plain);
      return { candidates: [...words, ...(await backupsOf(place, await readConfig(), run))], also: 'files' };
    }
    case 'program':
      return { candidates: [], also: 'programs' };
    case 'anything':
      return { candidates: [], also: 'files' };
  }
}

function plain(value: string): Candidate {
  return { value, about: '' };
}

function commandsOf(program: Command): Candidate[] {
  const help = program.createHelp();
  return help.visibleCommands(program).map(one => ({ value: one.name(), about: one.description() }));
}

function optionsOf(command: Command): Candidate[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...(command.parent?.options ?? [])]
    .filter(({ hidden }) => !hidden)
    .flatMap(({ long, description }) => (long ? [{ value: long, about: description }] : []));
}

function targetsOf({ targets }: Config): Candidate[] {
  return targets.map(({ name, adapter, options }) => ({ value: name, about: adapter.describe(options) }));
}

/** More than anybody reads; a folder may hold thousands. */
const most = 200;

/** The newest first. */
async function backupsOf({ given }: Place, config: Config, run: RunContext): Promise<Candidate[]> {
  const { list } = await import('../../operations/list.ts');
  const { ageInWords, sizeInWords } = await import('../../report/words.ts');
  const chosen = given.get('target');
  const targets = config.targets.filter(({ name }) => chosen?.includes(name) ?? true);
  const backups = await list(config, targets, run);
  return backups.slice(0, most).map(({ id, startedAt, bytes, target, manifest }) => ({
    value: id,
    about: [ageInWords(startedAt, run.now()), sizeInWords(bytes), target, manifest?.label]
      .filter(word => word !== undefined)
      .join(', '),
  }));
}
