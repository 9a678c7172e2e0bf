import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { selectTarget, selectTargets } from '../../src/targets/select-targets.ts';
import { adapters } from '../config/project.ts';

function configOf(names: readonly string[], defaultTarget?: string): Config {
  const targets = names.map(name => ({ name, adapter: adapters[0]!, options: {}, directory: '/b' }));
  return { root: '/', directory: '/b', defaultTarget, targets };
}

function chosen(...given: Parameters<typeof selectTargets>): string[] {
  return selectTargets(...given).map(target => target.name);
}

function refusal(...given: Parameters<typeof selectTargets>): OrchestrateError {
  try {
    selectTargets(...given);
  } catch (error) {
    if (error instanceof OrchestrateError) return error;
    throw error;
  }
  assert.fail('nothing was thrown');
}

test('without a name takes defaultTarget', () => {
  assert.deepEqual(chosen(configOf(['local', 'docker'], 'docker')), ['docker']);
});

test('without defaultTarget takes the only target', () => {
  assert.deepEqual(chosen(configOf(['docker'])), ['docker']);
});

test('of several takes the one named local', () => {
  assert.deepEqual(chosen(configOf(['docker', 'local'])), ['local']);
});

test('else lists them', () => {
  const { exitCode, message, hint } = refusal(configOf(['one', 'two']));
  assert.equal(exitCode, 2);
  assert.equal(message, 'no target was chosen, and there are several: one, two');
  assert.match(hint ?? '', /--target one/);
});

test('takes the named ones in the order they were typed, each once', () => {
  assert.deepEqual(chosen(configOf(['a', 'b', 'c']), { target: ['c', 'a', 'c'] }), ['c', 'a']);
  assert.equal(selectTarget(configOf(['a', 'b']), 'b').name, 'b');
  assert.equal(selectTarget(configOf(['a'])).name, 'a');
});

test('takes all of them', () => {
  assert.deepEqual(chosen(configOf(['a', 'b'], 'b'), { allTargets: true }), ['a', 'b']);
});

test('names the known targets and the nearest when one is unknown', () => {
  const { exitCode, message } = refusal(configOf(['local', 'docker']), { target: ['dcoker'] });
  assert.equal(exitCode, 2);
  assert.equal(message, 'unknown target "dcoker", did you mean docker? known: local, docker');
  assert.match(
    refusal(configOf(['local']), { target: ['production'] }).message,
    /"production"; known: local$/,
  );
});

test('refuses a name together with all', () => {
  assert.match(refusal(configOf(['a']), { target: ['a'], allTargets: true }).message, /exclude each other/);
});

test('says what to set when nothing is configured', () => {
  assert.match(refusal(configOf([])).message, /^nothing is configured/);
  assert.match(refusal(configOf([]), { allTargets: true }).message, /^nothing is configured/);
});
