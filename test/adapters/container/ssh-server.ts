import { chmodSync, chownSync, copyFileSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterFile } from '../../stage/after-file.ts';
import { cached } from '../../stage/cache.ts';
import { findProgram } from '../../stage/debian-packages.ts';
import { freePort } from '../../stage/free-port.ts';
import { projectFolder } from '../../stage/project-folder.ts';
import { mustRun, runProgram, startProgram } from '../../stage/run-program.ts';
import { serverUser } from '../../stage/server-user.ts';
import { waitUntil } from '../../stage/wait-until.ts';

export interface SshServer {
  /** user@host:port */
  readonly login: string;
  /** What lets the program ssh log in there: a PATH whose ssh has a configuration of its own. */
  readonly env: Record<string, string>;
  /** Takes the server's key out of the known hosts. */
  forget(): void;
}

/** A real ssh server with keys of its own, which lets its own user in. */
export async function sshServer(): Promise<SshServer> {
  const [folder, port, sshd, user] = [
    projectFolder(),
    await freePort(),
    await sshdProgram(),
    await serverUser(),
  ];
  const file = (name: string) => join(folder, name);
  const name = process.getuid?.() === 0 ? 'postgres' : userInfo().username;
  for (const key of ['host', 'key'])
    await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', file(key)]);
  copyFileSync(file('host'), file('server'));
  chownSync(file('server'), user.uid, user.gid);
  chmodSync(file('server'), 0o600);
  writeFileSync(
    file('sshd_config'),
    [
      ...[
        'ListenAddress 127.0.0.1',
        `Port ${port}`,
        `HostKey "${file('server')}"`,
        'PidFile none',
        'UsePAM no',
      ],
      ...['StrictModes no', `AuthorizedKeysFile "${file('key.pub')}"`, 'PasswordAuthentication no', ''],
    ].join('\n'),
  );
  // The server's user has to read these.
  chmodSync(folder, 0o755);
  for (const one of ['sshd_config', 'key.pub']) chmodSync(file(one), 0o644);
  const server = startProgram([sshd.path, '-D', '-e', '-f', file('sshd_config')], { ...user, env: sshd.env });
  afterFile(async () => {
    server.kill('SIGTERM');
    await server.finished;
  });
  const scan = ['ssh-keyscan', '-p', String(port), '127.0.0.1'];
  await waitUntil('the ssh server answers', async () => {
    if (server.child.exitCode !== null) throw new Error(`sshd ended: ${server.stderrSoFar()}`);
    return (await runProgram(scan)).stdout !== '';
  });
  writeFileSync(file('known_hosts'), (await mustRun(scan)).stdout);
  const settings = [
    `IdentityFile "${file('key')}"`,
    `UserKnownHostsFile "${file('known_hosts')}"`,
    'IdentitiesOnly yes',
  ];
  writeFileSync(
    file('ssh_config'),
    ['Host *', ...settings, 'GlobalKnownHostsFile /dev/null', ''].join('\n  '),
  );
  mkdirSync(file('bin'));
  const ssh = findProgram('ssh');
  writeFileSync(file('bin/ssh'), `#!/bin/sh\nexec ${ssh} -F '${file('ssh_config')}' "$@"\n`, { mode: 0o755 });
  return {
    login: `${name}@127.0.0.1:${port}`,
    env: { PATH: `${file('bin')}:${process.env.PATH}` },
    forget: () => writeFileSync(file('known_hosts'), ''),
  };
}

/** This machine's own, else Debian's, unpacked beside it: an installed one would start and listen. */
async function sshdProgram(): Promise<{ path: string; env: NodeJS.ProcessEnv }> {
  const found = findProgram('sshd');
  if (found) return { path: found, env: process.env };
  const root = await cached('openssh-server', async folder => {
    await mustRun(['apt-get', '-q', 'download', 'openssh-server', 'libwrap0'], { cwd: folder });
    for (const deb of globSync(join(folder, '*.deb'))) await mustRun(['dpkg-deb', '-x', deb, folder]);
  });
  const libraries = globSync(join(root, 'usr/lib/*-linux-gnu*'))[0];
  return { path: join(root, 'usr/sbin/sshd'), env: { ...process.env, LD_LIBRARY_PATH: libraries } };
}
