import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dump, refusalOf } from './dump-texts.ts';

const off = 'SET standard_conforming_strings = off;\n';

/** Each reaches psql as a command, or makes it read the rest in another way than a careless reader would. */
const hostile: Record<string, [body: string, message: RegExp]> = {
  'a meta-command on a line of its own': [
    '\\! touch pwned\n',
    /^psql meta-command at line 8: \\! touch pwned$/,
  ],
  'a meta-command behind a statement': [
    'CREATE TABLE t (); \\! x\n',
    /^more text behind the end of a statement at line 8/,
  ],
  'a meta-command inside a statement': [
    'CREATE TABLE t \\g |sh\n();\n',
    /^psql meta-command at line 8: \\g \|sh$/,
  ],
  'an escaped semicolon, which joins statements': ['ALTER x\\; COPY t FROM stdin;\n', /^psql meta-command/],
  'a second statement on a line': ['CREATE TABLE t (); COPY t FROM stdin;\n', /^more text behind the end/],
  '\\connect': ['\\connect other\n', /^psql meta-command at line 8: \\connect other$/],
  '\\. outside of rows': ['\\.\n', /^psql meta-command/],
  'a \\restrict after statements': ['\\restrict K3Y\n', /^psql meta-command at line 8: \\restrict K3Y$/],
  'an \\unrestrict that no \\restrict came before': ['\\unrestrict K3Y\n', /^psql meta-command/],
  'a command in what escapes make of a literal': [
    `${off}COMMENT ON TABLE a IS 'x\\';\n\\! x '';\n`,
    /incomplete|^psql meta/,
  ],
  'a command behind a literal that escapes do not continue': [
    "COMMENT ON TABLE a IS 'x\\';\n\\! x\n",
    /^psql meta-command at line 9/,
  ],
  'a command behind a literal with escapes': [
    "COMMENT ON TABLE a IS E'\\'' \\! x\n;\n",
    /^psql meta-command/,
  ],
  'a literal that the server continues with the escapes of the first': [
    "COMMENT ON TABLE a IS E'a'\n'b\\' \\! x';\n",
    /^two string constants in a row at line 9/,
  ],
  'such a continuation of a plain literal': [
    "COMMENT ON TABLE a IS 'a'\n\t'b';\n",
    /^two string constants in a row/,
  ],
  'such a continuation of a bit string': ["ALTER x B'01'\n'\\' \\! x';\n", /^two string constants in a row/],
  'a literal with Unicode escapes': [
    "COMMENT ON TABLE a IS U&'\\0061';\n",
    /^a quotation with Unicode escapes/,
  ],
  'a name with Unicode escapes': ['CREATE TABLE U&"d\\0061" ();\n', /^a quotation with Unicode escapes/],
  'a national literal': ["COMMENT ON TABLE a IS N'a';\n", /^a string constant with a prefix/],
  'a hexadecimal literal': ["COMMENT ON TABLE a IS x'1f';\n", /^a string constant with a prefix/],
  'a name that touches a literal': ["COMMENT ON TABLE a IS'a';\n", /^a string constant with a prefix/],
  'a bit string with a quote in it': ["ALTER x B'1''0';\n", /^two string constants in a row/],
  'a bit string of anything else': ["ALTER x B'1\\';\n", /^a bit string of other than 0 and 1/],
  'a command behind what only looks like a dollar quotation': [
    'ALTER foo$$ \\! x $$;\n',
    /^psql meta-command at line 8: \\! x \$\$;$/,
  ],
  'a number that runs into a dollar sign': ['ALTER x 1$a$ \\! x $a$;\n', /^a number that runs into a name/],
  'a number that runs into a name with dollar signs': [
    'ALTER x 1e$a$ \\! x $a$;\n',
    /^a number that runs into a name/,
  ],
  'a parameter that runs into a dollar sign': ['ALTER x $1$a$;\n', /^a number that runs into a name/],
  'a lone dollar sign': ['ALTER x $ $;\n', /^a lone dollar sign/],
  'a command behind a dollar quotation with another tag inside': [
    'ALTER x $a$ $b$ $a$ \\! x $b$;\n',
    /^psql meta-command/,
  ],
  'a command behind nested block comments': ['/* /* */ */ \\! x\n', /^text that pg_dump never writes/],
  'a block comment inside a statement': ['CREATE TABLE t /* ; */ ();\n', /^a comment inside a statement/],
  'a block comment behind an operator': ["ALTER x +/* ' */;\n", /^a comment inside a statement/],
  'a line comment inside a statement': ["CREATE TABLE t -- '\n();\n", /^a comment inside a statement/],
  'a command behind the carriage return that ends a comment for psql': [
    '-- Name: a\r\\! x\n',
    /^line ends are mixed: a carriage return at line 8$/,
  ],
  'a carriage return between words': [
    'CREATE TABLE\rt ();\n',
    /^line ends are mixed: a carriage return at line 8$/,
  ],
  'a vertical tab, which not every psql takes for a blank': [
    'CREATE\vTABLE t ();\n',
    /^a control character at line 8: /,
  ],
  'a zero byte, at which psql cuts a line': [
    "COMMENT ON TABLE a IS '\0';\n\\! x\n",
    /^a zero byte at line 8$/,
  ],
  'a zero byte in rows': ['COPY t (a) FROM stdin;\na\0\n\\.\n', /^a zero byte at line 9$/],
  'a built-in variable of psql': ['ALTER x :DBNAME;\n', /^a psql variable at line 8: :DBNAME;$/],
  'a built-in variable of psql in quotes': ['ALTER x :"DBNAME";\n', /^a psql variable/],
  'a variable as a literal': ["ALTER x :'DBNAME';\n", /^a psql variable/],
  'a test for a variable': ['ALTER x :{?DBNAME};\n', /^a psql variable/],
  'a name that psql takes for a variable and a quotation': ['ALTER x:a$b$ \\! x$b$;\n', /^a psql variable/],
  'a literal with escapes that psql takes for a variable and a literal': [
    "ALTER x:e'\\' \\! x';\n",
    /^a psql variable/,
  ],
  'a function whose name psql takes for a body': [
    "CREATE FUNCTION public.begin() RETURNS integer\n    LANGUAGE sql\n    AS 'select 1';\n",
    /^a name that psql takes for the start of a body at line 8/,
  ],
  'a body that psql takes for two': [
    'CREATE FUNCTION f() RETURNS integer BEGIN ATOMIC SELECT begin FROM t; END;\n',
    /^a name that psql takes/,
  ],
  'a parenthesis too many': ['ALTER x );\n', /^an unmatched parenthesis/],
  'a COPY from a program': [
    "COPY t FROM PROGRAM 'id';\n",
    /^a COPY of another form than pg_dump's at line 8/,
  ],
  'a COPY from a file': ["COPY t FROM '/etc/passwd';\n", /^a COPY of another form/],
  'a COPY to the client': ['COPY t TO stdout;\n', /^a COPY of another form/],
  'a COPY of a query': ['COPY (SELECT 1) TO stdout;\n', /^a COPY of another form/],
  'a COPY with options': ['COPY t FROM stdin WITH (FORMAT csv);\n', /^a COPY of another form/],
  'a COPY in small letters': ['copy t from stdin;\n', /^text that pg_dump never writes/],
  'an end of rows with more behind it': [
    'COPY t (a) FROM stdin;\n\\.x\n\\.\n',
    /^a broken end of rows at line 9: \\\.x$/,
  ],
  'an end of rows with a carriage return': [
    'COPY t (a) FROM stdin;\n\\.\r\n\\! x\n\\.\n',
    /^line ends are mixed: a carriage return at line 9$/,
  ],
  'a carriage return in rows': [
    'COPY t (a) FROM stdin;\na\nb\rc\n\\.\n',
    /^line ends are mixed: a carriage return at line 10$/,
  ],
  'an encoding whose characters hide quotes': [
    "SET client_encoding = 'SJIS';\n",
    /^an encoding in which characters can hide quotes at line 8: SJIS$/,
  ],
  'the same under its other name': ["SET client_encoding = 'WIN932';\n", /^an encoding in which/],
  'an encoding set in another way': ["SET NAMES 'SJIS';\n", /^a statement that pg_dump never writes/],
  'a setting that is given for good': [
    'SET LOCAL standard_conforming_strings = off;\n',
    /^a statement that pg_dump never writes/,
  ],
  'settings that are taken back': ['RESET ALL;\n', /^a statement that pg_dump never writes/],
  'a setting in a call': [
    "SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false);\n",
    /^a statement that pg_dump never writes/,
  ],
  'a call of another function': [
    "SELECT pg_catalog.pg_read_file('/etc/passwd');\n",
    /^a statement that pg_dump never writes/,
  ],
  'another call behind an allowed one': [
    "SELECT pg_catalog.setval('s', 1, true), evil();\n",
    /^a statement that pg_dump never writes/,
  ],
  'another call behind much data of a large object': [
    `SELECT pg_catalog.lowrite(0, '\\x${'00'.repeat(5000)}'), evil();\n`,
    /^a statement that pg_dump never writes/,
  ],
  'an anonymous block': [
    'DO $$ begin end $$;\n',
    /^a statement that pg_dump never writes at line 8: DO \$\$/,
  ],
  'an UPDATE': [
    "UPDATE pg_catalog.pg_database SET datname = 'x';\n",
    /^a statement that pg_dump never writes/,
  ],
  'ALTER SYSTEM': ["ALTER SYSTEM SET a = 'b';\n", /^a statement about the whole server/],
  'a role': ['CREATE ROLE evil SUPERUSER;\n', /^a statement about the whole server/],
  'a role in small letters': ['CREATE role evil SUPERUSER;\n', /^a statement that pg_dump never writes/],
  'a role on another line': ['CREATE\nROLE evil SUPERUSER;\n', /^a statement that pg_dump never writes/],
  'the setting of escapes as the value of another': [
    "SET search_path = 'standard_conforming_strings', off;\nCOMMENT ON TABLE a IS '\\';\n\\! x ';\n",
    /^psql meta-command at line 10/,
  ],
  'a label of a role': ["SECURITY LABEL FOR p ON ROLE a IS 'b';\n", /^a statement about the whole server/],
  'a grant in small letters': ['GRANT ALL on database x TO y;\n', /^a statement that pg_dump never writes/],
  'a second dump': [dump(''), /^a second dump in the same file at line 9$/],
  'a user': ['CREATE USER evil SUPERUSER;\n', /^a statement about the whole server/],
  'a tablespace': ["CREATE TABLESPACE x LOCATION '/x';\n", /^a statement about the whole server/],
  'a setting of a database': ['ALTER DATABASE x SET a = b;\n', /^a statement about the whole server/],
  'a grant on a database': ['GRANT ALL ON DATABASE x TO y;\n', /^a statement about the whole server/],
  'a comment on a database': ["COMMENT ON DATABASE x IS 'y';\n", /^a statement about the whole server/],
  'a membership in a role': [
    'GRANT pg_execute_server_program TO evil;\n',
    /^a statement that pg_dump never writes/,
  ],
};

describe('A text that pg_dump did not write like this', () => {
  for (const [what, [body, message]] of Object.entries(hostile)) {
    it(`is refused when it holds ${what}`, () => {
      const refusal = refusalOf(dump(body)) ?? 'accepted';
      assert.match(refusal, message);
      const place = refusal.replace(/(at line \d+).*/s, '$1');
      for (const sizes of [[1], [7, 3]])
        assert.ok(refusalOf(dump(body), sizes)?.startsWith(place), `${sizes}`);
    });
  }
});
