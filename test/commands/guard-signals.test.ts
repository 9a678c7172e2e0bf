import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, beforeEach, describe, test } from 'node:test';
import { fakeClients } from '../operations/fake-clients.ts';
import { cleanEnv } from '../stage/cli.ts';
import { startProgram } from '../stage/run-program.ts';
import { hostTarget, targetProject } from '../stage/target-project.ts';
import { waitUntil } from '../stage/wait-until.ts';
import { type GuardProject, guardProject } from './guard-project.ts';
import { startOnTerminal, type Terminal } from './terminal.ts';

/** Counts SIGINTs in a file, and ends by the others with a code of its own: 40 or 50 and that count. */
const waits = `
  import { writeFileSync } from 'node:fs';
  let count = 0;
  process.on('SIGINT', () => writeFileSync('count', String(++count)));
  process.on('SIGTERM', () => process.exit(40 + count));
  process.on('SIGHUP', () => process.exit(50 + count));
  setInterval(() => {}, 1000);
  console.log('it waits for ' + process.ppid);`;

/** Lets guard see a SIGINT only when its command has counted that one: two at once would count as one. */
const held = `
  import { existsSync } from 'node:fs';
  if (process.argv[1].endsWith('main.ts')) process.on('SIGINT', () => { while (!existsSync('count')); });`;

describe('while the command of guard runs,', () => {
  let project: GuardProject;
  before(async () => {
    project = await guardProject();
    writeFileSync(project.path('waits.mjs'), waits);
  });
  beforeEach(() => rmSync(project.path('count'), { force: true }));
  const command = ['guard', '--', process.execPath, 'waits.mjs'];
  const counted = () => waitUntil('it counts', () => project.has('count'));

  for (const [signal, code] of [
    ['SIGTERM', 40],
    ['SIGHUP', 50],
  ] as const) {
    test(`${signal} is sent on to it, and its own exit code is the one of guard`, async () => {
      const run = project.start(command);
      await waitUntil('it waits', () => run.stdoutSoFar().includes('it waits'));
      run.kill(signal);
      const { exitCode, stderr } = await run.finished;
      assert.equal(exitCode, code, stderr);
      assert.match(
        stderr,
        new RegExp(`exited with ${code}\\. To put .*\\nthe database is as .* left it\\n$`),
      );
    });
  }

  test('SIGINT is sent on where there is no terminal whose Ctrl-C it could be', async () => {
    const main = resolve(import.meta.dirname, '../../src/main.ts');
    const argv = ['setsid', process.execPath, main, ...command];
    const run = startProgram(argv, { cwd: project.folder, env: cleanEnv(), timeout: 120_000 });
    await waitUntil('it waits', () => run.stdoutSoFar().includes('it waits'));
    run.kill('SIGINT');
    await counted();
    run.kill('SIGTERM');
    const { exitCode, stderr } = await run.finished;
    assert.equal(exitCode, 41, stderr);
  });

  async function onTerminal(env?: Record<string, string>): Promise<Terminal & { guardPid: number }> {
    const terminal = startOnTerminal(command, project.folder, env);
    await terminal.shows('it waits for');
    await waitUntil('the line is whole', () => /it waits for \d+\r/.test(terminal.stdoutSoFar()));
    return { ...terminal, guardPid: Number(/it waits for (\d+)/.exec(terminal.stdoutSoFar())![1]) };
  }

  test('it has the terminal: it may ask, and is answered', async () => {
    const ask = 'test -t 0 && test -t 1 && test -t 2 && printf "code? " && read -r code && exit "$code"';
    writeFileSync(project.path('ask'), ask);
    const terminal = startOnTerminal(['guard', '--', 'sh', './ask'], project.folder);
    await terminal.shows('code? ');
    terminal.type('7\r');
    await terminal.shows('sh exited with 7');
    await terminal.shows('[y/N]');
    terminal.type('n\r');
    assert.equal((await terminal.finished).exitCode, 7);
  });

  test('Ctrl-C on the terminal reaches it once, and guard outlives it', async () => {
    writeFileSync(project.path('held.mjs'), held);
    const terminal = await onTerminal({ NODE_OPTIONS: '--import ./held.mjs' });
    terminal.type('\x03');
    await counted();
    // Sent on behind whatever guard would have sent for Ctrl-C.
    process.kill(terminal.guardPid, 'SIGTERM');
    await terminal.shows('exited with 41');
    await terminal.shows('[y/N]');
    terminal.type('n\r');
    assert.equal((await terminal.finished).exitCode, 41);
    assert.equal(readFileSync(project.path('count'), 'utf8'), '1');
  });

  test('Ctrl-\\ on the terminal ends it, and guard offers the restore', async () => {
    const terminal = await onTerminal();
    terminal.type('\x1c');
    await terminal.shows('was ended by SIGQUIT');
    await terminal.shows('[y/N]');
    terminal.type('n\r');
    assert.equal((await terminal.finished).exitCode, 131);
  });

  test('Ctrl-C is a failure like others; a second one, at the question, interrupts guard itself', async () => {
    const terminal = startOnTerminal(['guard', '--', './migrate', 'sleep', '1000'], project.folder);
    await waitUntil('it is half done', async () => (await project.state()) === 'half');
    terminal.type('\x03');
    await terminal.shows('./migrate was ended by SIGINT');
    await terminal.shows('[y/N]');
    terminal.type('\x03');
    assert.equal((await terminal.finished).exitCode, 130);
    assert.equal(await project.state(), 'half');
    await project.reset();
  });

  for (const [answer, state] of [
    ['y', 'before'],
    ['n', 'half'],
  ] as const) {
    test(`and when it failed, guard shows what a restore would replace and asks: after ${answer} the database is ${state}`, async () => {
      const terminal = startOnTerminal(['guard', '--', './migrate', './exit3'], project.folder);
      await terminal.shows('Put the database back as it was before? [y/N]');
      terminal.type(`${answer}\r`);
      const { exitCode, stdout } = await terminal.finished;
      assert.equal(exitCode, 3, stdout);
      const told = [
        /\.\/migrate exited with 3\. To put .*, run: db-orchestrate restore /,
        /target {4}local: /,
        / will be replaced\r\n/,
        /backup {4}\.\/backups/,
      ];
      for (const line of told) assert.match(stdout, line);
      assert.match(
        stdout,
        answer === 'y' ? /run: db-orchestrate undo --target local/ : /the database is as \.\/migrate left it/,
      );
      assert.equal(await project.state(), state);
      await project.reset();
    });
  }

  test('a terminal that is closed ends it; with --auto-restore guard lives on to put the database back', async () => {
    const command = ['guard', '--auto-restore', '--', './migrate', 'sleep', '1000'];
    const terminal = startOnTerminal(command, project.folder);
    await waitUntil('it is half done', async () => (await project.state()) === 'half');
    terminal.kill('SIGKILL');
    await terminal.finished;
    // The swap ends sessions of the database that it replaces, and ours may be one of them.
    const state = () => project.state().catch(() => 'between the two');
    await waitUntil('it is put back', async () => (await state()) === 'before');
  });
});

test('a signal during the backup of guard interrupts it, and the command is not run', async () => {
  const { server, database } = await guardProject();
  const clients = fakeClients(server, ': > dumping; exec sleep 1000');
  const project = targetProject({ local: { ...hostTarget(server, database), binDirectory: clients } });
  const has = (name: string) => existsSync(join(project.folder, name));
  const run = project.start(['guard', '--', 'touch', 'it-ran']);
  await waitUntil('it dumps', () => has('dumping'));
  run.kill('SIGINT');
  const { exitCode, stderr } = await run.finished;
  assert.equal(exitCode, 130, stderr);
  assert.equal(has('it-ran'), false);
});
