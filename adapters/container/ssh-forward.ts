import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunContext } from '../../src/contract/run-context.ts';
import { interruption, OrchestrateError } from '../../src/errors.ts';
import { hostProgram } from '../../src/host-program.ts';
import { type SshAddress, sshAddress } from './ssh-address.ts';
import { makeSshFolder, removeSshFolder } from './ssh-folder.ts';

/** A socket on this machine that leads to an engine's on another one. */
export interface Forward {
  readonly socketPath: string;
  /**
   * The last that ssh had to say, such as that there is no such socket at the other end; what broke may be known a moment
   * before that.
   */
  said(): Promise<string>;
  close(): void;
}

/**
 * Lets the system's ssh forward the engine's socket: it knows the user's keys, hosts and settings, and one connection
 * serves all requests. Rejects with `usage` or, in ssh's own words, `unreachable`.
 */
export async function forwardOverSsh(url: URL, run: RunContext): Promise<Forward> {
  const address = sshAddress(url);
  const folder = await makeSshFolder();
  const socketPath = join(folder, 's');
  const start = await hostProgram();
  const child = start('/bin/sh', ['-c', script, 'sh', 'ssh', ...argumentsOf(address, socketPath)], {
    env: present(run.env),
    extendEnv: false,
    stdin: 'pipe',
    buffer: false,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr = (stderr + text).slice(-2048);
  });
  child.stdin.on('error', () => undefined);
  const close = () => {
    child.stdin.destroy();
    child.kill('SIGTERM');
    removeSshFolder(folder);
  };
  run.signal.addEventListener('abort', close);
  try {
    // What the other end echoes shows that it is connected; the socket is there by then.
    child.stdin.write('ready\n');
    const echoed = new Promise<true>(resolve => child.stdout.once('data', () => resolve(true)));
    const connected = await Promise.race([echoed, child]);
    if (run.signal.aborted) throw interruption(run.signal);
    if (connected !== true) throw refused(url, address, stderr);
    // Up to here it told of hosts and banners.
    stderr = '';
    const said = async () => {
      for (let waited = 0; stderr === '' && waited < 1000; waited += 50) await sleep(50);
      return stderr.trim();
    };
    return { socketPath, said, close };
  } catch (error) {
    close();
    throw error;
  } finally {
    // From now on an interrupted run still needs it, to end its programs.
    run.signal.removeEventListener('abort', close);
  }
}

/** Ctrl-C is for us: what ignores it stays until we say so, or are gone. It keeps the terminal, to ask for a passphrase. */
const script = `trap '' INT HUP QUIT; exec "$@"`;

/**
 * The command at the other end is the dead man's switch: it ends with our end of the pipe, SIGKILL included, and ssh
 * with it. A shared connection of the user's would keep the forwarding after we have gone.
 */
function argumentsOf({ login, socket }: SshAddress, socketPath: string): string[] {
  const settings = {
    ControlMaster: 'no',
    ControlPath: 'none',
    ForkAfterAuthentication: 'no',
    StdinNull: 'no',
    PermitLocalCommand: 'no',
    RequestTTY: 'no',
    RemoteCommand: 'none',
    ForwardAgent: 'no',
    ConnectTimeout: '20',
    ServerAliveInterval: '15',
    StreamLocalBindUnlink: 'yes',
  };
  const options = Object.entries(settings).flatMap(([name, text]) => ['-o', `${name}=${text}`]);
  return [...options, '-x', '-L', `${socketPath}:${socket}`, ...login, 'cat'];
}

function refused(url: URL, { login }: SshAddress, stderr: string): OrchestrateError {
  const words = stderr.trim().replaceAll(/\s*\n\s*/g, ' ') || 'ssh ended without a word';
  const missing = /ssh: (?:command )?not found/.test(words);
  return new OrchestrateError(
    'unreachable',
    `the Docker engine at ssh://${url.host} cannot be reached: ${words}`,
    {
      hint: missing
        ? 'Install the program ssh, for example with: apt-get install openssh-client'
        : `Try it with: ssh ${login.filter(word => word !== '--').join(' ')} docker version`,
    },
  );
}

function present(env: RunContext['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
