// Reads redacted carriers with the parsers of JavaScript.
import { readFileSync } from 'node:fs';
import { validateHeaderValue } from 'node:http';
import { deepStrictEqual, strictEqual } from 'node:assert';

function readJSON(text) {
  let v = text;
  while (typeof v === 'string') v = JSON.parse(v);
  strictEqual(v.a, 'x');
  strictEqual(typeof v.k, 'string');
  return v.k;
}

const readers = {
  userinfo(text) {
    const u = new URL(text);
    deepStrictEqual([u.username, u.host], ['app', 'db.example:5432']);
    return u.password;
  },
  query(text) {
    const u = new URL(text);
    deepStrictEqual([u.searchParams.get('b'), u.hash], ['2', '#f']);
    return u.searchParams.get('k');
  },
  header(text) {
    validateHeaderValue('authorization', text);
    const value = new Headers({ authorization: text }).get('authorization');
    return value.replace(/^Bearer ?/, '');
  },
};
for (const depth of [0, 1, 2, 3]) readers[`json${depth}`] = readers[`bare${depth}`] = readJSON;

let n = 0;
for (const line of readFileSync(0, 'utf8').split('\n')) {
  if (line === '') continue;
  const [kind, ...rest] = line.split('\t');
  const [text, want] = rest.map((s) => Buffer.from(s, 'base64').toString());
  try {
    strictEqual(readers[kind](text), want);
    n++;
  } catch (e) {
    console.log(`${kind}: ${e.message}: ${text}`);
  }
}
console.log(`ok ${n}`);
