import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { wrapped } from '../../src/elsewhere/wrapper.ts';
import { startProgram } from '../stage/run-program.ts';
import { waitUntil } from '../stage/wait-until.ts';

/** What images have as sh: Debian dash, Red Hat bash, Alpine BusyBox. Those that this machine has are tried. */
const shells = [['dash'], ['bash', '--posix'], ['busybox', 'sh']].filter(
  ([shell = '', ...args]) => spawnSync(shell, [...args, '-c', ':']).status === 0,
);
const mark = '0123456789abcdef';
const wholeEnd = `\x04${mark}`;

/** Starts `sh -c script` in place of pg_dump or psql. */
function start(shell: readonly string[], script: string, input: boolean, env: Record<string, string> = {}) {
  const [, ...rest] = wrapped({ program: 'sh' as 'psql', args: ['-c', script], input, env }, mark);
  const program = startProgram([...shell, ...rest], { input: 'open', env: { ...process.env, ...env } });
  const pid = async () => {
    await waitUntil('the wrapper tells its pid', () => /^\w+ \d+$/m.test(program.stderrSoFar()));
    return Number(/^0123456789abcdef (\d+)$/m.exec(program.stderrSoFar())?.[1]);
  };
  return { ...program, stdin: program.child.stdin!, wrapper: pid };
}

test('this machine has a shell to try', () => assert.ok(shells.length > 0));

for (const shell of shells) {
  const name = shell.join(' ');

  for (const input of [false, true]) {
    const kind = input ? 'a program with input' : 'a program without input';

    test(`${name}: ${kind} ends with its own code, its output and the mark`, async () => {
      for (const code of [0, 1, 3]) {
        const program = start(shell, `echo out; echo err >&2; exit ${code}`, input);
        await waitUntil('it has ended', () => program.stderrSoFar().endsWith(`${mark} ended\n`));
        // Until we have heard of it the connection must stay.
        assert.equal(program.child.exitCode, null);
        program.stdin.end(input ? '' : 'over\n');
        const { exitCode, stdout, stderr } = await program.finished;
        assert.deepEqual({ exitCode, stdout }, { exitCode: code, stdout: `out\n${wholeEnd}` });
        assert.match(stderr, new RegExp(`^(?=.*^err$)(err\\n)?${mark} \\d+\n(err\n)?${mark} ended\n$`, 'ms'));
      }
    });

    test(`${name}: ${kind} that a signal ended has a code above 128`, async () => {
      const program = start(shell, 'kill -KILL $$', input);
      program.stdin.end(input ? '' : 'over\n');
      assert.equal((await program.finished).exitCode, 137);
    });

    test(`${name}: ${kind} that is not there is told before the mark`, async () => {
      const [, ...rest] = wrapped({ program: 'no-such-program' as 'psql', args: [], input }, mark);
      const { exitCode, stdout, stderr } = await startProgram([...shell, ...rest]).finished;
      assert.deepEqual(
        { exitCode, stdout, stderr },
        { exitCode: 127, stdout: '', stderr: `${mark} missing\n` },
      );
    });

    test(`${name}: ${kind} ends by SIGUSR1, however often it has to be asked`, async () => {
      const program = start(shell, `trap '' INT TERM; echo up; while :; do sleep 0.1; done`, input);
      const wrapper = await program.wrapper();
      await waitUntil('it runs', () => program.stdoutSoFar().startsWith('up'));
      // Signals of one kind that are pending at the same time are one.
      await waitUntil('it has ended', () => {
        if (program.stderrSoFar().endsWith(`${mark} ended\n`)) return true;
        process.kill(wrapper, 'SIGUSR1');
        return false;
      });
      program.stdin.end();
      // 137, or what the shell was told itself: either is how a signal is reported.
      assert.ok(((await program.finished).exitCode ?? 0) > 128);
    });

    test(`${name}: strays of the environment are taken out, what was asked for stays`, async () => {
      process.env.PGSERVICE = 'stray';
      process.env.PGHOST = 'kept';
      const script = 'echo "$PGHOST,$PGDATA,$PGSERVICE,$PGOPTIONS"';
      const program = start(shell, script, input, { PGOPTIONS: '-c a=b', PGDATA: '/kept' });
      program.stdin.end(input ? '' : 'over\n');
      const { stdout } = await program.finished;
      delete process.env.PGSERVICE;
      delete process.env.PGHOST;
      assert.equal(stdout, `kept,/kept,,-c a=b\n${wholeEnd}`);
    });
  }

  test(`${name}: without input, the end of the connection ends the program`, async () => {
    const program = start(shell, `trap 'echo ended; exit 1' TERM; while :; do sleep 0.1; done`, false);
    await program.wrapper();
    program.stdin.end();
    const { exitCode, stdout } = await program.finished;
    // TERM may come before the program has set its trap.
    assert.ok(exitCode === 1 || exitCode === 143, `exit code ${exitCode}`);
    assert.ok(stdout.endsWith(wholeEnd));
  });

  test(`${name}: without input, the program writes 64 KiB at a time where there is a stdbuf`, async () => {
    const program = start(shell, 'echo "$_STDBUF_O"', false);
    program.stdin.end('over\n');
    const expected = spawnSync('stdbuf', ['-o64K', 'true']).status === 0 ? '65536' : '';
    assert.equal((await program.finished).stdout, `${expected}\n${wholeEnd}`);
  });

  test(`${name}: with input, the program reads it, and the rest is thrown away`, async () => {
    const program = start(shell, 'read -r line; echo "$line"', true);
    program.stdin.write('first\n');
    await waitUntil('it has ended', () => program.stderrSoFar().endsWith(`${mark} ended\n`));
    program.stdin.write(Buffer.alloc(1_000_000));
    program.stdin.end();
    assert.equal((await program.finished).exitCode, 0);
  });
}
