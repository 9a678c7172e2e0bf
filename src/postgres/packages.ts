/** A machine, as far as it matters for what is installed there. */
export interface System {
  readonly platform: NodeJS.Platform;
  /** The text of /etc/os-release; empty where there is none. */
  readonly osRelease: string;
}

/** What a person types to have client or server programs of a major, or of whatever is usual; a sentence for hints. */
export function installHint(what: 'client' | 'server', major: number | undefined, system: System): string {
  const kind = kindOf(system);
  if (kind === undefined) {
    const of = major === undefined ? '' : ` ${major}`;
    return `Install the ${what} programs of PostgreSQL${of} with this system's package manager.`;
  }
  const { command, repository } = kinds[kind];
  const more = major !== undefined && repository ? `; where that is not found, first ${repository}` : '';
  return `Install the ${what} programs with: ${command(what, major)}${more}`;
}

type Kind = keyof typeof kinds;
type Command = (what: 'client' | 'server', major: number | undefined) => string;

const version = (major: number | undefined, before = '') => (major === undefined ? '' : `${before}${major}`);

const kinds = {
  apt: {
    command: (what, major) =>
      `apt-get install postgresql${what === 'client' ? '-client' : ''}${version(major, '-')}`,
    repository:
      "add PostgreSQL's own packages with: apt-get install postgresql-common && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh",
  },
  dnf: {
    command: (what, major) => `dnf install postgresql${version(major)}${what === 'server' ? '-server' : ''}`,
    repository: "add PostgreSQL's own packages as https://yum.postgresql.org tells",
  },
  zypper: {
    command: (what, major) =>
      `zypper install postgresql${version(major)}${what === 'server' ? '-server' : ''}`,
    repository: undefined,
  },
  apk: {
    command: (what, major) => `apk add postgresql${version(major)}${what === 'client' ? '-client' : ''}`,
    repository: undefined,
  },
  pacman: { command: () => 'pacman -S postgresql', repository: undefined },
  brew: {
    command: (what, major) =>
      `brew install ${major === undefined && what === 'client' ? 'libpq' : `postgresql${version(major, '@')}`}`,
    repository: undefined,
  },
} satisfies Record<string, { command: Command; repository: string | undefined }>;

/** Distributions name in ID_LIKE those that they are made of. */
const families: Readonly<Record<string, Kind>> = {
  ...{ debian: 'apt', ubuntu: 'apt' },
  ...{ fedora: 'dnf', rhel: 'dnf', centos: 'dnf', amzn: 'dnf' },
  ...{ suse: 'zypper', opensuse: 'zypper', sles: 'zypper' },
  ...{ alpine: 'apk', arch: 'pacman' },
};

function kindOf({ platform, osRelease }: System): Kind | undefined {
  if (platform === 'darwin') return 'brew';
  const value = (name: string) => new RegExp(`^${name}=(["']?)(.*)\\1$`, 'm').exec(osRelease)?.[2] ?? '';
  const names = `${value('ID')} ${value('ID_LIKE')}`.toLowerCase().split(/\s+/);
  return names.map(name => families[name]).find(kind => kind !== undefined);
}
