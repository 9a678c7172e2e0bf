import { OrchestrateError } from '../../src/errors.ts';

/** An engine behind ssh, as `ssh://user@host:port/path/of/its/socket` says. */
export interface SshAddress {
  /** What the program ssh is told besides our own settings: the host and how to log in there. */
  readonly login: readonly string[];
  /** Of the engine, at the other end. */
  readonly socket: string;
}

/** Throws `usage` when it cannot be used; the message repeats no password. */
export function sshAddress(url: URL): SshAddress {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const user = decodeURIComponent(url.username);
  if (url.password) throw unusable('it holds a password, which ssh takes from nobody');
  // What begins with a dash would be an option of ssh.
  if (!/^[^-\s]\S*$/.test(host)) throw unusable('it names no host');
  if (!/^(?:[^-\s]\S*)?$/.test(user)) throw unusable('its user cannot be one');
  const socket = ['', '/'].includes(url.pathname) ? '/var/run/docker.sock' : decodeURIComponent(url.pathname);
  // ssh itself reads a colon as the end of it, and a percent sign as one of its own words.
  if (!/^[\w@+./-]+$/.test(socket)) throw unusable('the path of its socket holds a special character');
  const login = [...(user ? ['-l', user] : []), ...(url.port ? ['-p', url.port] : []), '--', host];
  return { login, socket };
}

function unusable(reason: string): OrchestrateError {
  return new OrchestrateError('usage', `the ssh:// address of the Docker engine cannot be used: ${reason}`, {
    hint: 'Write it as ssh://user@host, or with the port and the socket there: ssh://user@host:22/var/run/docker.sock',
  });
}
