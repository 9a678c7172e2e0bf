import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installHint } from '../../src/postgres/packages.ts';

const systems: [system: string, osRelease: string, client17: string, server: string][] = [
  [
    'Debian',
    'NAME="Debian"\nID=debian\n',
    'apt-get install postgresql-client-17',
    'apt-get install postgresql',
  ],
  [
    'Mint',
    'ID=linuxmint\nID_LIKE="ubuntu debian"\n',
    'apt-get install postgresql-client-17',
    'apt-get install postgresql',
  ],
  [
    'Rocky',
    'ID="rocky"\nID_LIKE="rhel centos fedora"\n',
    'dnf install postgresql17',
    'dnf install postgresql-server',
  ],
  ['Alpine', 'ID=alpine\nVERSION_ID=3.22', 'apk add postgresql17-client', 'apk add postgresql'],
  [
    'openSUSE',
    "ID='opensuse-leap'\nID_LIKE='suse opensuse'\n",
    'zypper install postgresql17',
    'zypper install postgresql-server',
  ],
  ['Arch', 'ID=arch\n', 'pacman -S postgresql', 'pacman -S postgresql'],
];

for (const [name, osRelease, client17, server] of systems) {
  test(`on ${name} the hint is: ${client17}`, () => {
    const system = { platform: 'linux', osRelease } as const;
    const words = /^Install the (?:client|server) programs with: (.+?)(?:;|$)/;
    assert.equal(words.exec(installHint('client', 17, system))?.[1], client17);
    assert.equal(words.exec(installHint('server', undefined, system))?.[1], server);
  });
}

test('on macOS it is Homebrew, and where nothing is known no command is made up', () => {
  const mac = { platform: 'darwin', osRelease: '' } as const;
  assert.equal(
    installHint('client', 17, mac),
    'Install the client programs with: brew install postgresql@17',
  );
  assert.equal(installHint('client', undefined, mac), 'Install the client programs with: brew install libpq');
  assert.equal(
    installHint('server', 17, { platform: 'linux', osRelease: 'ID=mine\n' }),
    "Install the server programs of PostgreSQL 17 with this system's package manager.",
  );
});
