import { inspect } from 'node:util';

/** What a test file tells the runner, one JSON text a line. */
export type Report =
  | { readonly type: 'pass'; readonly name: string }
  | { readonly type: 'skip'; readonly name: string; readonly reason: string }
  | { readonly type: 'fail'; readonly name: string; readonly where: string; readonly detail: string }
  /** The last one. A file that crashed or left early does not send it. */
  | { readonly type: 'end' };

interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name: string;
    readonly nesting: number;
    readonly file?: string;
    readonly line?: number;
    readonly column?: number;
    readonly skip?: string | boolean;
    readonly todo?: string | boolean;
    readonly details?: { readonly type?: string; readonly error?: Error & { failureType?: string } };
  };
}

/** node:test's reporter inside each test file's process. */
export default async function* reporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const path: string[] = [];
  for await (const event of events) {
    if (event.type === 'test:start') path.splice(event.data.nesting, path.length, event.data.name);
    const report = translate(event, path);
    if (report) yield `${JSON.stringify(report)}\n`;
  }
}

function translate({ type, data }: TestEvent, path: readonly string[]): Report | undefined {
  if (type === 'test:summary') return { type: 'end' };
  if (type !== 'test:pass' && type !== 'test:fail') return undefined;
  const name = [...path.slice(0, data.nesting), data.name].join(' › ');
  const error = data.details?.error;
  // A suite is no test, but its hooks may fail; what its tests do is told by themselves.
  if (data.details?.type === 'suite' && error?.failureType !== 'hookFailed') return undefined;
  const put = data.skip ?? data.todo;
  if (put !== undefined && put !== false)
    return { type: 'skip', name, reason: put === true || put === '' ? 'no reason given' : String(put) };
  if (type === 'test:pass') return { type: 'pass', name };
  const where = `${data.file}:${data.line}:${data.column}`;
  return { type: 'fail', name, where, detail: inspect(error?.cause ?? error, { depth: 5 }) };
}
