import { escapeText } from '../../report/escape.ts';

/** A value of the configuration as it is written: a text, or code such as `process.env.DATABASE_URL`. */
export type Written = string | { readonly code: string };

export interface ProposedTarget {
  readonly name: string;
  /** Where it was found, for a comment. */
  readonly from: string;
  /** `adapter` and its options. */
  readonly settings: Readonly<Record<string, Written>>;
  /** Only shown, for a person to take. */
  readonly isComment?: boolean;
}

export interface Proposal {
  readonly name: string | undefined;
  /** As written: relative to the file. */
  readonly directory: string;
  /** The first is the default. */
  readonly targets: readonly ProposedTarget[];
}

/** The text of backup.config.ts. */
export function configText({ name, directory, targets: proposed }: Proposal): string {
  const targets = proposed.length > 0 ? proposed : [example];
  return [
    "import { defineConfig } from 'db-orchestrate';",
    '',
    '// What it reaches: db-orchestrate targets. What is missing: db-orchestrate doctor.',
    'export default defineConfig({',
    name === undefined
      ? "  // name: 'shop', // file name prefix; without it the database's name"
      : `  name: ${quoted(name)}, // file name prefix`,
    `  directory: ${quoted(directory)}, // relative to this file; what is in it is your data: keep it out of git`,
    `  defaultTarget: ${quoted(targets[0]!.name)},`,
    '  targets: {',
    ...targets.flatMap(targetLines),
    '  },',
    '  // What stays after each backup; without it nothing is ever removed.',
    '  // retention: { last: 7, weekly: 8 },',
    "  // A proof after each backup: 'quick' reads the file, 'full' restores it to a scratch server and compares.",
    "  // verify: 'quick',",
    '});',
    '',
  ].join('\n');
}

const example: ProposedTarget = {
  name: 'local',
  from: 'Nothing was found: have DATABASE_URL=postgresql://user:password@localhost:5432/mydb in .env',
  settings: { adapter: 'local-hybrid', url: { code: 'process.env.DATABASE_URL' } },
};

function targetLines({ name, from, settings, isComment }: ProposedTarget): string[] {
  const entries = Object.entries(settings).map(
    ([key, value]) => `${key}: ${typeof value === 'string' ? quoted(value) : value.code}`,
  );
  const key = /^[A-Za-z_]\w*$/.test(name) ? name : quoted(name);
  const line = `    ${isComment ? '// ' : ''}${key}: { ${entries.join(', ')} },`;
  return [
    // A name of a file or service must not end the comment.
    `    // ${escapeText(from)}`,
    ...(line.length <= 100 || isComment
      ? [line]
      : [`    ${key}: {`, ...entries.map(entry => `      ${entry},`), '    },']),
  ];
}

/** As a constant of TypeScript, whatever the text is; nothing in it moves a terminal's cursor. */
export function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  const shown = inner.replaceAll(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `'${shown}'`;
}
