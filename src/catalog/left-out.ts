import type { Exclude } from '../postgres/left-out.ts';
import type { Manifest } from './manifest.ts';

/** "it leaves out table public.logs and the rows of public.sessions"; of many the first few. */
export function leftOutInWords(leftOut: Manifest['leftOut']): string {
  const named = leftOut
    .slice(0, shown)
    .map(({ what, name }) => (what === 'table' ? `table ${name}` : `the rows of ${name}`));
  const more = leftOut.length - named.length;
  return `it leaves out ${[...named, ...(more > 0 ? [`${more} more`] : [])].join(', ')}`;
}

const shown = 5;

/** What a dump has to leave out so that it can be compared with a backup. */
export function exclusionOf(manifest: Manifest | undefined): Exclude {
  const of = (wanted: Manifest['leftOut'][number]['what']) =>
    (manifest?.leftOut ?? []).filter(({ what }) => what === wanted).map(({ name }) => name);
  return { tables: of('table'), tableData: of('rows') };
}
