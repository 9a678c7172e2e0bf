import { parseArgs } from 'node:util';
import { shapes } from './data.ts';

export interface Options {
  /** Megabytes of dump text. */
  readonly sizes: readonly number[];
  readonly shapes: readonly string[];
  /** A row is measured when its name has one of them; all are when there is none. */
  readonly words: readonly string[];
  readonly repeat: number;
  /** Where the results go. */
  readonly json: string | undefined;
  /** Memory over growing sizes instead of the table. */
  readonly growth: boolean;
  /** Of the servers. */
  readonly settings: Readonly<Record<string, string>>;
  readonly withoutIgzip: boolean;
}

export const usage = `usage: node bench/run.ts [--mb N]… [--shape NAME]… [--rows WORD…] [--repeat N] [--growth] [--json FILE]
  --mb N           megabytes of dump text (1000)
  --shape NAME     ${Object.keys(shapes).join(', ')} (three)
  --rows WORD…     only the rows whose name has one of the words
  --repeat N       measure so often, after once to warm up (3)
  --growth         the memory of ours over growing sizes, 100 and 1000 or each --mb, once each
  --without-igzip  as on a machine that has neither igzip nor pigz
  --setting K=V    of the servers, instead of PostgreSQL's own default
  --json FILE      where the results go (bench/results/DATE.json)`;

/** Throws with what is wrong. */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      mb: { type: 'string', multiple: true },
      shape: { type: 'string', multiple: true },
      rows: { type: 'string', multiple: true },
      repeat: { type: 'string' },
      json: { type: 'string' },
      growth: { type: 'boolean', default: false },
      'without-igzip': { type: 'boolean', default: false },
      setting: { type: 'string', multiple: true, default: [] },
    },
  });
  const { growth, shape = ['three'], rows = [] } = values;
  const sizes = (values.mb ?? (growth ? ['100', '1000'] : ['1000'])).map(number);
  const unknown = shape.find(name => !(name in shapes));
  if (unknown !== undefined) throw new Error(`there is no shape ${unknown}`);
  if (rows.length === 0 && positionals.length > 0) throw new Error(`unexpected: ${positionals.join(' ')}`);
  return {
    sizes,
    shapes: shape,
    words: [...rows, ...positionals],
    repeat: Math.ceil(number(values.repeat ?? '3')),
    json: values.json,
    growth,
    settings: Object.fromEntries(values.setting.map(pair)),
    withoutIgzip: values['without-igzip'],
  };
}

function number(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`not a number above 0: ${text}`);
  return value;
}

function pair(text: string): [string, string] {
  const [key = '', ...value] = text.split('=');
  return [key, value.join('=')];
}
