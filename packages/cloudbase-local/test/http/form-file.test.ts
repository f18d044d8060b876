import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { fileOfForm, FormError } from '../../src/http/form-file';

/** What a form is as it is sent: the standard's own encoder makes it. */
async function encoded(form: FormData): Promise<{ type: string; body: Buffer }> {
  const response = new Response(form);
  const type = response.headers.get('content-type') ?? '';
  return { type, body: Buffer.from(await response.arrayBuffer()) };
}

/** The bytes in pieces of the lengths that are given, again and again. */
function* inPieces(body: Buffer, lengths: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, n = 0; at < body.length; n += 1) {
    const length = lengths[n % lengths.length] ?? 1;
    yield body.subarray(at, at + length);
    at += length;
  }
}

const lines = fc.array(fc.constantFrom('\r\n', '--', '-', '\r', '\n', 'x', '\0', '"'), {
  maxLength: 40,
});
const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  lines.map((parts) => new Uint8Array(Buffer.from(parts.join('')))),
);
const fields = fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 3 });
const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });

test('The file of a form comes out as it went in, however the form is cut into pieces', async () => {
  await fc.assert(
    fc.asyncProperty(content, fields, fields, lengths, async (bytes, before, after, pieces) => {
      const form = new FormData();
      for (const [name, value] of before) form.append(`before ${name}`, value);
      form.append('file', new File([new Uint8Array(bytes)], 'a "b".txt'));
      for (const [name, value] of after) form.append(`after ${name}`, value);
      const { type, body } = await encoded(form);
      const file = fileOfForm(type, Readable.from(inPieces(body, pieces)));
      expect((await buffer(file)).equals(bytes)).toBe(true);
    }),
  );
});

test('A form that is cut off anywhere before the end of its file is refused', async () => {
  const form = new FormData();
  form.append('key', 'value');
  form.append('file', new File(['content'], 'a.txt'));
  const { type, body } = await encoded(form);
  const end = body.lastIndexOf('\r\n--');
  for (let length = 0; length < end; length += 1) {
    const file = fileOfForm(type, Readable.from([body.subarray(0, length)]));
    await expect(buffer(file)).rejects.toThrow(FormError);
  }
});

test.each([
  ['no form', 'application/json', '{}', /no form/],
  [
    'a form without a file',
    'multipart/form-data; boundary=b',
    '--b\r\n\r\nx\r\n--b--\r\n',
    /no file/,
  ],
  [
    'a head without an end',
    'multipart/form-data; boundary=b',
    `--b\r\n${'x'.repeat(20_000)}`,
    /too long/,
  ],
])('A body that is %s is refused with the reason', async (_, type, body, reason) => {
  const file = fileOfForm(type, Readable.from([Buffer.from(body)]));
  await expect(buffer(file)).rejects.toThrow(reason);
});
