import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Report } from '../reporter.ts';

export interface FileResult {
  readonly file: string;
  readonly seconds: number;
  readonly reports: readonly Report[];
  /** What the file itself printed. */
  readonly output: string;
}

export interface FileRun {
  readonly finished: Promise<FileResult>;
  kill(): void;
}

/** Runs one test file in a process of its own. A file that crashes, hangs or has no test counts as failed. */
export function runTestFile(file: string, folder: string, limitMinutes: number): FileRun {
  const reportFile = join(folder, `${basename(file)}-${++count}.reports`);
  const reporter = resolve(import.meta.dirname, '../reporter.ts');
  const args = [`--test-reporter=${reporter}`, `--test-reporter-destination=${reportFile}`, file];
  const child = spawn(process.execPath, args, { env: testEnv(folder), stdio: ['ignore', 'pipe', 'pipe'] });
  const began = Date.now();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, limitMinutes * 60_000);
  return {
    kill: () => void child.kill('SIGKILL'),
    finished: new Promise(done => {
      child.on('exit', (code, signal) => {
        clearTimeout(timer);
        // A program that the file has started and left running may still hold the pipes.
        setImmediate(() => {
          const reports = readReports(reportFile);
          const how = late
            ? `did not end within ${limitMinutes} minutes`
            : `ended with ${signal ?? `exit code ${code}`}`;
          const failed = reports.some(report => report.type === 'fail');
          const whole = reports.some(report => report.type === 'end');
          if (!whole || (code !== 0 && !failed)) {
            const detail =
              whole || reports.length > 0 || code !== 0 ? `the file ${how}` : 'no test ran in it';
            reports.push({ type: 'fail', name: 'the file itself', where: `${file}:1`, detail });
          }
          rmSync(reportFile, { force: true });
          done({ file, seconds: (Date.now() - began) / 1000, reports, output });
        });
      });
    }),
  };
}

let count = 0;

function readReports(path: string): Report[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  // Without a line end the last line was cut.
  return lines.slice(0, -1).map(line => JSON.parse(line) as Report);
}

/** Without what the person who runs the tests has set for own databases. */
function testEnv(folder: string): NodeJS.ProcessEnv {
  const foreign =
    /^(PG|POSTGRES_|DOCKER_|BACKUP_|DATABASE_URL$|DB_CONTAINER$|NODE_TEST_CONTEXT$|FORCE_COLOR$|NO_COLOR$)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  // Every file loads most of the tool.
  const compiled = process.env.NODE_COMPILE_CACHE ?? join(folder, 'compile-cache');
  return { ...Object.fromEntries(kept), DBO_STAGE: folder, NODE_COMPILE_CACHE: compiled };
}
