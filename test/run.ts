import { globSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { serveParts } from './stage/control.ts';
import { createParts } from './stage/parts.ts';
import { type FileResult, type FileRun, runTestFile } from './stage/run-test-file.ts';
import { clearStageFolder, homeInMemory, makeStageFolder } from './stage/stage-folder.ts';

// node test/run.ts [--soak] [WORD…]: runs the test files whose path has one of the words in it, three at a time.

const totals = { passed: 0, failed: 0, skipped: 0 };
const root = resolve(import.meta.dirname, '..');
const words = process.argv.slice(2).filter(word => word !== '--soak');
const soak = process.argv.includes('--soak');
const running = new Set<FileRun>();
let interrupted: NodeJS.Signals | undefined;

try {
  const files = globSync(join(root, 'test/**', soak ? '*.soak.ts' : '*.test.ts'))
    .filter(file => words.length === 0 || words.some(word => relative(root, file).includes(word)))
    .sort();
  if (files.length === 0) console.log(`no test file matches: ${words.join(' ') || 'there is none'}`);
  else await runAll(files);
} catch (error) {
  totals.failed++;
  console.log(`the stage: ${error instanceof Error ? error.message : error}`);
}
if (interrupted) console.log(`interrupted by ${interrupted}`);
if (totals.skipped > 0) console.log(`${totals.skipped} skipped, each named above with the reason`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 || totals.passed === 0 || interrupted ? 1 : 0;

async function runAll(files: string[]): Promise<void> {
  const folder = await makeStageFolder(soak ? undefined : await homeInMemory());
  process.env.DBO_STAGE = folder;
  const parts = createParts(folder);
  const control = await serveParts(folder, parts);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = signal;
      for (const run of running) run.kill();
    });
  }
  try {
    const waiting = [...files];
    const worker = async () => {
      for (let file = waiting.shift(); file && !interrupted; file = waiting.shift()) {
        const run = runTestFile(file, folder, soak ? 60 : 10);
        running.add(run);
        tell(await run.finished);
        running.delete(run);
      }
    };
    // A third one uses the processors while others wait for a container or a lock.
    await Promise.all([worker(), worker(), worker()]);
  } finally {
    control.close();
    await parts.stop().catch(error => console.log(`stopping the stage: ${error}`));
    await clearStageFolder(folder);
  }
}

function tell({ file, seconds, reports, output }: FileResult): void {
  const count = (type: string) => reports.filter(report => report.type === type).length;
  const [passed, failed, skipped] = [count('pass'), count('fail'), count('skip')];
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += skipped;
  const numbers = `${passed} passed${failed ? `, ${failed} FAILED` : ''}${skipped ? `, ${skipped} skipped` : ''}`;
  console.log(
    `${failed ? 'FAILED' : 'ok    '} ${relative(root, file)}: ${numbers} (${seconds.toFixed(1)} s)`,
  );
  for (const report of reports) {
    if (report.type === 'skip') console.log(`  skipped: ${report.name} (${report.reason})`);
    if (report.type === 'fail')
      console.log(`  FAILED: ${report.name}\n    at ${report.where}\n${indent(report.detail)}`);
  }
  if (failed && output.trim()) console.log(`  it printed:\n${indent(output.trim().slice(-4000))}`);
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
