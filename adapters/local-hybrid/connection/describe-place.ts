/** Where libpq's variables lead, in words a person recognises. */
export function describePlace(env: Readonly<Record<string, string>>): string {
  if (env.PGSERVICE) return `service ${env.PGSERVICE}`;
  const hosts = hostsOf(env);
  const ports = (env.PGPORT ?? '').split(',');
  // One port serves all hosts.
  const places = hosts.map((host, index) =>
    place(host, (ports.length > 1 ? ports[index] : ports[0]) || '5432'),
  );
  return places.join(', ');
}

/** The host or socket folder when there is exactly one. */
export function singleHost(env: Readonly<Record<string, string>>): string | undefined {
  const hosts = hostsOf(env);
  return env.PGSERVICE || hosts.length > 1 ? undefined : hosts[0] || undefined;
}

function hostsOf(env: Readonly<Record<string, string>>): string[] {
  return (env.PGHOST ?? env.PGHOSTADDR ?? '').split(',');
}

function place(host: string, port: string): string {
  // libpq takes a leading @ for a socket in the abstract namespace.
  if (host === '' || /^[/@]/.test(host)) {
    return `${host === '' ? 'the default socket' : `socket ${host}`}${port === '5432' ? '' : ` port ${port}`}`;
  }
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
