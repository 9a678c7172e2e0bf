import { globSync, readFileSync } from 'node:fs';

/** Where apt gets this machine's own Debian packages from. */
export function debianMirror(): string {
  const release = readFileSync('/etc/os-release', 'utf8');
  const codename = /^VERSION_CODENAME=(.+)$/m.exec(release)?.[1];
  const mirror =
    codename && /^ID=debian$/m.test(release) ? sources().find(s => s.suites.includes(codename)) : undefined;
  if (!mirror)
    throw new Error('no Debian mirror found in /etc/apt: the tests get another PostgreSQL major from there');
  return mirror.uri;
}

function sources(): { uri: string; suites: string[] }[] {
  const files = globSync(['/etc/apt/sources.list', '/etc/apt/sources.list.d/*']).map(f =>
    readFileSync(f, 'utf8'),
  );
  const lines = files.flatMap(text => [
    ...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+.*\bmain\b/gm),
  ]);
  const paragraphs = files
    .flatMap(text => text.split(/\n\s*\n/))
    .map(paragraph => ({
      uri: /^URIs:\s*(\S+)/m.exec(paragraph)?.[1] ?? '',
      suites: /^Suites:\s*(.+)$/m.exec(paragraph)?.[1]?.split(/\s+/) ?? [],
    }));
  return [...lines.map(([, uri, suite]) => ({ uri: uri ?? '', suites: [suite ?? ''] })), ...paragraphs];
}
