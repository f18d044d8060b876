import path from 'node:path';
import fc from 'fast-check';
import { faultOfPath, fileIdOf, pathOfFileId } from '../../src/storage/cloud-path';
import { diskNames } from '../../src/storage/disk-path';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        '/',
        '.',
        '..',
        '~',
        '%',
        '%2F',
        '\\',
        ' ',
        'con',
        'NUL',
        'a',
        'é',
        ':',
        '\0',
      ),
      {
        maxLength: 12,
      },
    )
    .map((parts) => parts.join('')),
);
const goodPath = text.filter((each) => faultOfPath(each) === undefined);

test('A file ID leads back to the path that it was made of', () => {
  fc.assert(
    fc.property(goodPath, fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), (each, envId) => {
      expect(pathOfFileId(fileIdOf(envId, each))).toBe(each);
    }),
  );
});

test('No text is a file ID with a path that the cloud does not take', () => {
  fc.assert(
    fc.property(text, fc.constantFrom('', 'cloud:/', 'cloud://', 'cloud://a.b/'), (rest, start) => {
      const found = pathOfFileId(start + rest);
      if (found !== undefined) expect(faultOfPath(found)).toBeUndefined();
    }),
  );
});

test('Every path lies below the folder, under names that Linux, macOS and Windows take', () => {
  fc.assert(
    fc.property(goodPath, (each) => {
      const names = diskNames(each);
      expect(path.relative('/files', path.resolve('/files', ...names))).toBe(names.join('/'));
      for (const name of names) {
        // oxlint-disable-next-line no-control-regex -- Windows takes none
        expect(name).not.toMatch(/^\.{0,2}$|[\0-\x1f<>:"|?*\\/]|[. ]$|^(?:con|nul)(?:\.|$)/i);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      }
    }),
  );
});

test('No two paths lie in one place', () => {
  fc.assert(
    fc.property(goodPath, goodPath, (one, other) => {
      fc.pre(one !== other);
      expect(diskNames(one).join('/')).not.toBe(diskNames(other).join('/'));
    }),
  );
  const long = 'x'.repeat(400);
  expect(diskNames(`${long}1`)).not.toEqual(diskNames(`${long}2`));
  expect(diskNames('a%2Fb')).not.toEqual(diskNames('a/b'));
});
