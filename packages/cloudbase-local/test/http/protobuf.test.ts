import fc from 'fast-check';
import { parseForm } from '../../src/http/form';
import { readFields, writeFields, type Field } from '../../src/http/protobuf';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const field = fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.oneof(fc.nat(), bytes));

test('a message is read as it was written', () => {
  fc.assert(
    fc.property(fc.array(field), (fields: Field[]) => {
      expect(readFields(writeFields(fields))).toEqual(fields);
    }),
  );
});

test('a message of any bytes is read, or refused with a RangeError', () => {
  fc.assert(
    fc.property(bytes, (message) => {
      try {
        readFields(message);
      } catch (error) {
        expect(String(error)).toMatch(/^RangeError/);
      }
    }),
  );
});

test('a form gives each field byte for byte', () => {
  fc.assert(
    fc.property(fc.array(bytes, { minLength: 1, maxLength: 5 }), (values) => {
      const parts = values.flatMap((value, index) => [
        Buffer.from(`--edge\r\nContent-Disposition: form-data; name="f${String(index)}"\r\n\r\n`),
        value,
        Buffer.from('\r\n'),
      ]);
      const body = Buffer.concat([...parts, Buffer.from('--edge--\r\n')]);
      fc.pre(values.every((value) => !value.includes('--edge')));
      const fields = parseForm(body, 'multipart/form-data; boundary=edge');
      expect([...fields.values()]).toEqual(values);
    }),
  );
});
