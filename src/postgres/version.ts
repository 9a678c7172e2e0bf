import type { PostgresVersion } from '../contract/adapter.ts';

/** From server_version_num: 150018 is 15.18. */
export function versionFromNumber(number: number): PostgresVersion {
  const major = Math.floor(number / 10_000);
  return { number, major, text: `${major}.${number % 10_000}` };
}

/** From what a client program prints for --version, e.g. "pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)". */
export function versionFromBanner(banner: string): PostgresVersion | undefined {
  const match = /\(PostgreSQL\) (\d+)(?:\.(\d+)|(?:devel|beta|rc)\d*)/.exec(banner);
  return match ? versionFromNumber(Number(match[1]) * 10_000 + Number(match[2] ?? 0)) : undefined;
}

/**
 * Whether psql of this version knows `\restrict`, and pg_dump writes it: the minor releases of August 2025.
 * Source: release notes of 13.22, 14.19, 15.14, 16.10 and 17.6.
 */
export function knowsRestrict(version: PostgresVersion): boolean {
  const firstMinor: Record<number, number> = { 13: 22, 14: 19, 15: 14, 16: 10, 17: 6 };
  return (
    version.major >= 18 || version.number % 10_000 >= (firstMinor[version.major] ?? Number.POSITIVE_INFINITY)
  );
}
