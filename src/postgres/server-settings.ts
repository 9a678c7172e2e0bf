import type { Session } from '../contract/adapter.ts';

/** Settings that decide how a dump's text is written, and libraries that extensions need; as far as the role may see them. */
export async function serverSettings(session: Session): Promise<Record<string, string>> {
  const rows = await session.query<{ name: string; setting: string }>(`
    SELECT name, setting FROM pg_settings WHERE setting <> ''
      AND name IN ('TimeZone', 'bytea_output', 'lc_monetary', 'shared_preload_libraries')`);
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}
