import fc from 'fast-check';
import { readCursor, writeCursor } from '../../server/cursor';

const lastTime = 8.64e15;
const times = fc.integer({ min: -lastTime, max: lastTime });
const places = fc.record({ time: times, id: fc.string({ unit: 'grapheme' }) });

describe('a cursor', () => {
  test('is read back by the user it was given to, and by nobody else', () => {
    fc.assert(
      fc.property(places, fc.string(), fc.string(), (place, uid, other) => {
        const cursor = writeCursor(place, uid);
        expect(readCursor(cursor, uid)).toEqual(place);
        if (other !== uid) expect(readCursor(cursor, other)).toBeUndefined();
      }),
    );
  });

  test('with any one letter changed, added or cut off is none', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ ';
    fc.assert(
      fc.property(places, fc.nat(), fc.constantFrom(...letters.split('')), (place, at, letter) => {
        const cursor = writeCursor(place, 'uid');
        const index = at % cursor.length;
        const changed = `${cursor.slice(0, index)}${letter}${cursor.slice(index + 1)}`;
        if (changed !== cursor) expect(readCursor(changed, 'uid')).toBeUndefined();
        expect(readCursor(`${cursor}${letter}`, 'uid')).toBeUndefined();
        expect(readCursor(cursor.slice(0, index), 'uid')).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  test('is none where its time is beyond what a Date can tell', () => {
    for (const time of [lastTime + 1, -lastTime - 1, 1.5]) {
      expect(readCursor(writeCursor({ time, id: 'a' }, 'uid'), 'uid')).toBeUndefined();
    }
  });

  test('is never made of rubbish', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (rubbish) => {
        expect(readCursor(rubbish, 'uid')).toBeUndefined();
      }),
    );
  });
});
