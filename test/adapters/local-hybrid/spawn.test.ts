import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hostSpawn } from '../../../adapters/local-hybrid/spawn.ts';
import type { ClientProcess } from '../../../src/contract/adapter.ts';
import { projectFolder } from '../../stage/project-folder.ts';
import { startProgram } from '../../stage/run-program.ts';
import { waitUntil } from '../../stage/wait-until.ts';

/** Starts `script` (of sh) as pg_dump, or as psql when it reads input. */
async function start(script: string, args: string[] = [], input = false): Promise<ClientProcess> {
  const folder = projectFolder();
  const program = input ? 'psql' : 'pg_dump';
  writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, program), 0o755);
  const environment = { PATH: process.env.PATH ?? '', DBO_STAGE: process.env.DBO_STAGE ?? '' };
  return hostSpawn(folder, environment)({ program, args, env: { MORE: 'x y' }, input });
}

async function output(process: ClientProcess): Promise<string> {
  let text = '';
  for await (const chunk of process.stdout) text += chunk;
  return text;
}

describe('a client program', () => {
  for (const input of [false, true]) {
    const kind = input ? 'that reads input' : 'that reads none';
    test(`${kind} gets its arguments and environment as they are`, async () => {
      const running = await start('printf "%s\\n" "$@"; env', ["a 'b'", '$(touch x)', '-c', ''], input);
      if (input) running.stdin.end();
      const text = await output(running);
      await running.done;
      assert.ok(text.startsWith("a 'b'\n$(touch x)\n-c\n\n"), text);
      assert.match(text, /^MORE=x y$/m);
      assert.doesNotMatch(text, /^HOME=/m);
    });

    test(`${kind} fails with its exit code and what it said`, async () => {
      const running = await start('echo oh no >&2; exit 3', [], input);
      await output(running);
      await assert.rejects(running.done, { exitCode: 3, stderr: 'oh no\n' });
    });

    test(`${kind} and is killed by a signal fails without an exit code`, async () => {
      const running = await start('kill -KILL $$', [], input);
      await output(running);
      await assert.rejects(running.done, { exitCode: null });
    });
  }

  test('that reads none finds its stdin empty', async () => {
    const running = await start('cat; echo end');
    assert.equal(await output(running), 'end\n');
    await running.done;
  });

  // Side by side, so that some end before what stands by them is ready: 1 in 30 was then waited for without end.
  test('that ends at once is seen to have ended, however often', { timeout: 120_000 }, async () => {
    const folder = projectFolder({ pg_dump: '#!/bin/sh\n' });
    chmodSync(join(folder, 'pg_dump'), 0o755);
    const spawn = hostSpawn(folder, {});
    for (let round = 0; round < 20; round += 1) {
      const started = Array.from({ length: 16 }, async () => {
        const running = await spawn({ program: 'pg_dump', args: [], input: false });
        await Promise.all([output(running), running.done]);
      });
      await Promise.all(started);
    }
  });

  test('that does not end when it is asked to is ended by force', async () => {
    const running = await start("trap '' TERM INT; echo ready; while :; do sleep 0.2; done");
    running.stdout.once('data', () => running.kill());
    await assert.rejects(running.done, { exitCode: null });
  });

  test('ends with our process, even one that is killed', async () => {
    const folder = projectFolder({ pg_dump: `#!/bin/sh\necho $$ >"$PID_FILE"\nexec sleep 1000\n` });
    chmodSync(join(folder, 'pg_dump'), 0o755);
    const pidFile = join(folder, 'pid');
    const spawnPath = join(import.meta.dirname, '../../../adapters/local-hybrid/spawn.ts');
    const script = `
      const { hostSpawn } = await import(${JSON.stringify(spawnPath)});
      const spawn = hostSpawn(${JSON.stringify(folder)}, process.env);
      await (await spawn({ program: 'pg_dump', args: [], input: false })).done;`;
    const argv = [process.execPath, '--input-type=module', '-e', script];
    const run = startProgram(argv, { env: { ...process.env, PID_FILE: pidFile } });
    const pid = () => Number(read(pidFile));
    await waitUntil('it runs', () => pid() > 0);
    run.kill('SIGKILL');
    await run.finished;
    await waitUntil('it has ended', () => !isRunning(pid()));
  });
});

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
