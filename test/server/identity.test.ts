import fc from 'fast-check';
import { deriveUid, identify } from '../../server/identity';

describe('the caller', () => {
  test('is nobody unless WeChat names both app and user', () => {
    const env = { WX_OPENID: 'o1', WX_APPID: 'wx1' };
    expect(identify({ OPENID: 'o1', APPID: 'wx1' }, env)).toMatchObject({
      openid: 'o1',
      appid: 'wx1',
    });
    expect(identify({ OPENID: 'o1' }, env)).toBeUndefined();
    expect(identify({ APPID: 'wx1' }, env)).toBeUndefined();
    expect(identify({}, env)).toBeUndefined();
    expect(
      identify({ OPENID: '', APPID: 'wx1' }, { WX_OPENID: '', WX_APPID: 'wx1' }),
    ).toBeUndefined();
  });

  test('is told apart from another whose openid is the same number', () => {
    const uidOf = (openid: string) =>
      identify({ OPENID: Number(openid), APPID: 'wx1' }, { WX_OPENID: openid, WX_APPID: 'wx1' })
        ?.uid;
    expect(uidOf('007')).not.toBe(uidOf('7'));
    expect(uidOf('90071992547409931')).not.toBe(uidOf('90071992547409932'));
  });

  test('has a uid that only the same app and user have', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (app, user, app2, user2) => {
        const same = app === app2 && user === user2;
        expect(deriveUid(app, user) === deriveUid(app2, user2)).toBe(same);
      }),
    );
    expect(deriveUid('a', 'bc')).not.toBe(deriveUid('ab', 'c'));
  });
});
