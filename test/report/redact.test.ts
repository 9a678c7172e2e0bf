import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redact } from '../../src/report/redact.ts';

test('passwords of URLs and of connection strings are taken out', () => {
  const texts: [text: string, safe: string][] = [
    ['postgresql://app:s%20ecret@host/db', 'postgresql://app:***@host/db'],
    ['postgres://app:p@ss@host/db', 'postgres://app:***@host/db'],
    ['postgres://app:a/b?c@host/db', 'postgres://app:***@host/db'],
    ['at postgres://a:b@h/d and postgres://c:d@h/d', 'at postgres://a:***@h/d and postgres://c:***@h/d'],
    ["host=h password='it\\'s' dbname=d", 'host=h password=*** dbname=d'],
    ['PGPASSWORD=secret psql', 'PGPASSWORD=*** psql'],
    ['?password=secret&sslmode=require', '?password=***&sslmode=require'],
    ['sslpassword = x y', 'sslpassword=*** y'],
  ];
  for (const [text, safe] of texts) assert.equal(redact(text), safe);
});

test('what holds none stays as it is', () => {
  for (const text of ['password authentication failed for user "app"', 'https://example.org/a:b', 'a@b.org'])
    assert.equal(redact(text), text);
});
