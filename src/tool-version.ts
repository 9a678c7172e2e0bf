import { readFileSync } from 'node:fs';

/** From the package's own package.json, which lies one folder up in a checkout and two when built. */
export function toolVersion(): string {
  for (const up of ['../package.json', '../../package.json']) {
    try {
      return (JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as { version: string }).version;
    } catch {}
  }
  return 'unknown';
}
