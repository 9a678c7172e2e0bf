import { collectBuffers } from './collect-buffers.ts';
import { runTool } from './run-tool.ts';
import { listenToSignals } from './signals.ts';

collectBuffers();

const outputs = { stdout: process.stdout, stderr: process.stderr };
for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosed);
process.exitCode = await runTool(process.argv.slice(2), {
  outputs,
  env: process.env,
  cwd: process.cwd(),
  signals: listenToSignals(),
});
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
// A handle that something left open must not keep a finished command waiting.
process.exit();

/** A pipe takes 64 KiB at a time: leaving before the reader has the rest would cut a long list. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => {
    stream.write('', () => resolve());
  });
}

/** `db-orchestrate list | head` closes the pipe early, and a terminal goes with its window: no failures of ours. */
function ignoreClosed(this: NodeJS.WriteStream, error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && !(error.code === 'EIO' && this.isTTY)) throw error;
}
