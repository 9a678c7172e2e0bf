import pgConnectionString from 'pg-connection-string';
import { OrchestrateError } from '../../../src/errors.ts';
import { decode } from './decode.ts';
import type { Parameter } from './settings.ts';
import { splitUrl } from './split-url.ts';

/**
 * Reads a URL the way libpq does, and more leniently where people forget to percent-encode. pg-connection-string
 * reads credentials and hosts. The rest is not given to it: it decodes only some characters of a database name,
 * turns `+` into a blank, warns about sslmode, reads certificate files, and accepts any scheme and no second host.
 * Throws `usage`; the message repeats no part of the URL but its scheme.
 */
export function readUrl(text: string): Parameter[] {
  const [, scheme = '', rest = ''] = /^(?:jdbc:)?([^/]*):\/\/(.*)$/is.exec(text) ?? [];
  if (!/^postgres(ql)?(\+\w+)?$/i.test(scheme)) throw otherScheme(scheme);
  const { user, password, hosts, database, query } = splitUrl(rest);
  return [
    ...credentials(user, password),
    ...places(hosts.split(',')),
    ['dbname', decode(database, 'the database name')],
    ...queryParameters(query),
  ];
}

function credentials(user: string, password: string): Parameter[] {
  const encoded = [decode(user, 'the user'), decode(password, 'the password')].map(encodeURIComponent);
  const base = pgConnectionString.parse(`postgresql://${encoded.join(':')}@host`);
  return [
    ['user', base.user ?? ''],
    ['password', base.password ?? ''],
  ];
}

/** libpq's lists of hosts and of their ports, each with the same number of commas. */
function places(written: readonly string[]): Parameter[] {
  const pairs = written.map(one => {
    const [, host, port = ''] = /^(\[[^[\]]+\]|[^:[\]]*)(?::(\d*))?$/.exec(one) ?? [];
    if (host === undefined || Number(port) > 65535) throw unreadableHost();
    return [hostName(host), port] as const;
  });
  const ports = pairs.map(([, port]) => port);
  return [
    ['host', pairs.map(([host]) => host).join(',')],
    ['port', ports.some(port => port !== '') ? ports.join(',') : ''],
  ];
}

function hostName(written: string): string {
  // An address with a zone (fe80::1%25eth0) is no valid host of a URL to the parser, but is one to libpq.
  if (written.startsWith('[')) return decode(written.slice(1, -1), 'the host');
  try {
    return pgConnectionString.parse(`postgresql://${written}/`).host ?? '';
  } catch {
    throw unreadableHost();
  }
}

function queryParameters(query: string): Parameter[] {
  const parameters = query
    .split('&')
    .filter(part => part !== '')
    .map((part): Parameter => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(part) ?? [];
      if (key === undefined || value === undefined) {
        throw new OrchestrateError('usage', 'a parameter after the ? of the database URL has no =value');
      }
      return [decode(key, 'a parameter'), decode(value, 'a parameter')];
    });
  return parameters.some(([key]) => key === 'host') ? withHostList(parameters) : parameters;
}

/** SQLAlchemy repeats `host`, each with its port: `?host=a:5432&host=b:5433`. */
function withHostList(parameters: readonly Parameter[]): Parameter[] {
  const hosts = parameters.filter(([key]) => key === 'host').map(([, host]) => host);
  const others = parameters.filter(([key]) => key !== 'host');
  const withPorts = hosts.every(host => /^[^/@:,]+:\d+$/.test(host));
  const list: Parameter[] = withPorts ? places(hosts) : [['host', hosts.join(',')]];
  return [...list, ...others];
}

function otherScheme(scheme: string): OrchestrateError {
  const named = /^[a-z][a-z0-9+.:-]{0,30}$/i.test(scheme) ? `a ${scheme}:// URL` : 'this URL';
  return new OrchestrateError('usage', `${named} cannot be used: expected postgresql://`, {
    hint: 'Begin it with postgresql://, for example: postgresql://user:password@localhost:5432/mydb',
  });
}

function unreadableHost(): OrchestrateError {
  return new OrchestrateError(
    'usage',
    'the host and port of the database URL cannot be read: special characters of a password must be percent-encoded',
    {
      hint: 'Write / as %2F, ? as %3F, @ as %40, # as %23 and : as %3A; an IPv6 address needs brackets: postgresql://user:password@[::1]:5432/mydb',
    },
  );
}
