import { readFileSync } from 'node:fs';
import { installHint, type System } from '../../src/postgres/packages.ts';

/** What to install on this host. */
export function hostInstallHint(what: 'client' | 'server', major?: number): string {
  return installHint(what, major, thisSystem());
}

function thisSystem(): System {
  try {
    return { platform: process.platform, osRelease: readFileSync('/etc/os-release', 'utf8') };
  } catch {
    return { platform: process.platform, osRelease: '' };
  }
}
