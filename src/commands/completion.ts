import { Argument, Command } from 'commander';
import { escapeText } from '../report/escape.ts';
import type { Begin } from './command-line.ts';

type Shell = 'bash' | 'zsh' | 'fish';

export function completionCommand(begin: Begin): Command {
  return new Command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'whose').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', `\n${howToLoad}`)
    .action(async (shell: Shell, _flags: object, command: Command) => {
      const { report } = begin(command);
      const { completionScripts } = await import('./completion/scripts.ts');
      report.result(completionScripts[shell], { shell, script: completionScripts[shell] });
    });
}

const howToLoad = `Load it, in the shell's own startup file:
  bash  source <(db-orchestrate completion bash)
  zsh   source <(db-orchestrate completion zsh)
  fish  db-orchestrate completion fish | source
`;

/** What the scripts ask: the words behind the tool's name, the one at the cursor last. It never fails and never talks. */
export function answerCommand(begin: Begin): Command {
  return new Command('__complete')
    .argument('[words...]')
    .action(async (words: string[], _flags: object, command: Command) => {
      const { completionAt, nothing } = await import('./completion/candidates.ts');
      const { placeIn } = await import('./completion/typed-words.ts');
      const program = command.parent!;
      const place = placeIn(program, words);
      program.setOptionValue('config', place?.given.get('config')?.at(-1));
      const { run, report, loadConfig } = begin(command);
      const asWritten = () => loadConfig({ asWritten: true });
      const silent = { ...run, emit: () => undefined };
      const answer = place ? await completionAt(place, asWritten, silent).catch(() => nothing) : nothing;
      const lines = answer.candidates
        .filter(({ value }) => value === escapeText(value))
        .map(({ value, about }) => `${value}\t${escapeText(about)}`);
      report.result([answer.also, ...lines].map(line => `${line}\n`).join(''), {});
    });
}
