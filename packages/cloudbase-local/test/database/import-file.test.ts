import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { csvLine, parseCsv } from '../../src/database/csv';
import { toCsv } from '../../src/database/export-csv';
import { readImportFile, type Imported } from '../../src/database/import-file';

const folder = mkdtempSync(path.join(tmpdir(), 'import-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function read(name: string, text: string | Buffer): Promise<Imported[]> {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return readImportFile(file, () => undefined);
}

const lines = `{"_id":"a","n":1.5,"at":{"$date":"2026-10-01T03:00:00.000Z"}}
{"_id":{"$oid":"5f0c1d2e3f4a5b6c7d8e9f00"},"tags":["一"]}
`;

test.each([
  ['JSON Lines of the console', 'a.json', lines],
  [
    'JSON Lines with a byte order mark, of Windows',
    'a.jsonl',
    `\uFEFF${lines.replaceAll('\n', '\r\n')}`,
  ],
  ['a JSON array', 'a.json', `\uFEFF [${lines.trim().split('\n').join()}]`],
])('%s are read', async (_, name, text) => {
  expect((await read(name, text)).map(({ fields }) => fields)).toEqual([
    { _id: 'a', n: 1.5, at: new Date('2026-10-01T03:00:00Z') },
    { _id: '5f0c1d2e3f4a5b6c7d8e9f00', tags: ['一'] },
  ]);
});

test.each([
  ['is no JSON', 'a.json', '{"_id":"b"}\n\n{"text":\n', 'line 3 is not valid EJSON'],
  ['is no object', 'a.json', '{"_id":"b"}\n7\n', 'line 2 must be an object'],
  ['is no object in an array', 'a.json', '[{"_id":"b"},7]', 'element 2 must be an object'],
  [
    'has a date that is none',
    'a.json',
    '{"_id":"b"}\n{"at":{"$date":"soon"}}\n',
    'line 2: at is no date',
  ],
  [
    'has one deep in it',
    'a.json',
    '[{"in":[{"at":{"$date":""}}]}]',
    'element 1: in.0.at is no date',
  ],
  ['has a forbidden field', 'a.json', '{"_id":"b"}\n{"__proto__":1}\n', 'line 2: A field cannot'],
  ['has too many cells', 'a.csv', 'a,b\n1,2\n1,2,3\n', 'line 3'],
])('a document that %s is named', async (_, name, text, message) => {
  await expect(read(name, text)).rejects.toMatchObject({
    code: 'TRANSFER',
    message: expect.stringMatching(
      new RegExp(`${name}: .*${message}.*\\. Nothing was imported\\.$`),
    ) as unknown,
  });
});

const gb18030 = Buffer.from('d6d0cec4', 'hex');

test.each([
  ['JSON Lines', 'a.json', ['{"_id":"a"}\n{"_id":"', gb18030, '"}\n'], 'line 2'],
  ['a JSON array', 'a.json', ['[{"_id":"a"},\n{"_id":"', gb18030, '"}]'], 'line 2'],
  ['CSV', 'a.csv', ['_id,a\n1,2\n', gb18030, ',3\n'], 'line 3'],
])('%s that is not in UTF-8 is refused', async (_, name, parts, where) => {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
  await expect(read(name, bytes)).rejects.toMatchObject({
    message: expect.stringContaining(`${name}: ${where} is not in UTF-8`) as unknown,
  });
});

test('A line separator in a text is no end of a line', async () => {
  const [document] = await read('a.jsonl', '{"_id":"a","text":"一\u2028二"}\n');
  expect(document?.fields).toEqual({ _id: 'a', text: '一\u2028二' });
});

const csv = `name,phone,n,done,tags,at
"A, ""B""
C",013800000000,1.5,true,"[""x""]","{""$date"":""2026-10-01T03:00:00Z""}"
D,,2,false,,
`;

test('CSV is read with numbers, dates and JSON, and written so that it is read as the same', async () => {
  const documents = await read('a.csv', csv);
  expect(documents.map(({ fields }) => fields)).toEqual([
    {
      name: 'A, "B"\nC',
      phone: '013800000000',
      n: 1.5,
      done: true,
      tags: ['x'],
      at: new Date('2026-10-01T03:00:00Z'),
    },
    { name: 'D', n: 2, done: false },
  ]);
  const fields = async (text: string): Promise<unknown> =>
    (await read('b.csv', text)).map((document) => document.fields);
  expect(await fields(toCsv(documents))).toEqual(documents.map((document) => document.fields));
  const odd = [{ where: '', fields: { a: '42', b: 'true', c: '{}', d: '', e: null, f: ' 1' } }];
  expect(await fields(toCsv(odd))).toEqual(odd.map((document) => document.fields));
});

test('any cells come back from CSV as they were', () => {
  const cell = fc.oneof(fc.string(), fc.constantFrom('"', 'a\nb', 'a,b', '\r\n'));
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
      const filled = rows.map(([one, other]) => [`x${one}`, other]);
      const text = [['one', 'other'], ...filled].map((cells) => `${csvLine(cells)}\n`).join('');
      expect(parseCsv(text).map(({ cells }) => [cells['one'], cells['other']])).toEqual(filled);
    }),
  );
});
