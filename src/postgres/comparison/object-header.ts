import { decode } from '../dump-text/names.ts';

/** What a dump calls one of its parts: `-- Name: t; Type: TABLE; Schema: public; Owner: -`. */
export interface ObjectHeader {
  /** In pg_dump's words: "TABLE", "FK CONSTRAINT". */
  readonly type: string;
  /** "-" where it is in none. */
  readonly schema: string;
  /** Newlines in a name are blanks here. */
  readonly name: string;
}

/** Undefined for every other comment. */
export function readHeader(comment: Buffer): ObjectHeader | undefined {
  if (comment.length < 8 || (comment[3] !== N && comment[3] !== D)) return undefined;
  const [, name, type, schema] = form.exec(comment.toString('latin1')) ?? [];
  if (name === undefined) return undefined;
  return { type: type!, schema: decode(schema!), name: decode(name) };
}

/** "index public.orders_pkey", "large object 16401": how a person is told of it. */
export function headerInWords({ type, schema, name }: ObjectHeader): string {
  return `${type.toLowerCase()} ${schema === '-' ? '' : `${schema}.`}${name}`;
}

const form = /^-- (?:Data for )?Name: (.*); Type: ([A-Z][A-Z ]*); Schema: (.*); Owner: /;
const N = 0x4e;
const D = 0x44;
