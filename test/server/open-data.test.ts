import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { openData, sign } from '../../server/open-data';

/** WeChat's own sample (developers.weixin.qq.com/miniprogram/dev/framework/open-ability/signature.html). */
const official = {
  appid: 'wx4f4bc4dec97d474b',
  sessionKey: 'tiihtNczf5v6AKRyjwEUhQ==',
  iv: 'r7BXXKkLb8qrSNn05n0qiA==',
  encryptedData:
    'CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC' +
    '+oNPdbB+3hVbJSRgv+4lGOETKUQz6OYStslQ142dNCuabNPGBzlooOmB231qMM85d2/fV6ChevvXvQP8Hkue1poO' +
    'FtnEtpyxVLW1zAo6/1Xx1COxFvrc2d7UL/lmHInNlxuacJXwu0fjpXfz/YqYzBIBzD6WUfTIF9GRHpOn/Hz7saL8' +
    'xz+W//FRAUid1OksQaQx4CMs8LOddcQhULW4ucetDf96JcR3g0gfRK4PC7E/r7Z6xNrXd2UIeorGj5Ef7b1pJAYB' +
    '6Y5anaHqZ9J6nKEBvB4DnNLIVWSgARns/8wR2SiRS7MNACwTyrGvt9ts8p12PKFdlqYTopNHR1Vf7XjfhQlVsAJd' +
    'NiKdYmYVoKlaRv85IfVunYzO0IKXsyl7JCUjCpoG20f0a04COwfneQAGGwd5oa+T8yO5hzuyDb/XcxxmK01EpqOy' +
    'uxINew==',
};
const made = 1_477_314_187_000;
const changed = { ok: false, answer: { code: 409, msg: expect.any(String) as string } };

const open = (given: Partial<typeof official> & { now?: number } = {}) => {
  const { appid, sessionKey, iv, encryptedData, now = made } = { ...official, ...given };
  return openData({ encryptedData, iv }, { sessionKey, appid, now });
};

const encrypt = (text: string, key: Buffer, iv: Buffer): string => {
  const cipher = createCipheriv('aes-128-cbc', key, iv);
  return Buffer.concat([cipher.update(text), cipher.final()]).toString('base64');
};

describe('data that WeChat encrypted', () => {
  test('opens as WeChat’s own sample does', () => {
    expect(open()).toMatchObject({
      ok: true,
      data: { openId: 'oGZUI0egBJY1zhBYw2KhdUfwVJJE', nickName: 'Band', city: 'Guangzhou' },
    });
  });

  test.each([
    ['under another session_key', { sessionKey: 'HyVFkGl5F5OQWJZZaNzBBg==' }],
    ['with a session_key that is none', { sessionKey: 'short' }],
    ['for another app', { appid: 'wx0000000000000000' }],
    ['more than ten minutes ago', { now: made + 600_001 }],
    ['more than ten minutes from now', { now: made - 600_001 }],
  ])('and that was made %s is answered 409', (_, given) => {
    expect(open(given)).toEqual(changed);
  });

  test('opens at any time within ten minutes', () => {
    expect(open({ now: made + 600_000 }).ok).toBe(true);
    expect(open({ now: made - 600_000 }).ok).toBe(true);
  });

  test('is answered 409 where no session_key is kept', () => {
    const { appid, iv, encryptedData } = official;
    expect(openData({ encryptedData, iv }, { sessionKey: undefined, appid, now: made })).toEqual(
      changed,
    );
  });

  test.each([
    ['iv', { iv: '' }],
    ['iv', { iv: 'AAAA' }],
    ['encryptedData', { encryptedData: '' }],
    ['encryptedData', { encryptedData: 'AAAA' }],
  ])('with an %s that WeChat never gives is answered 400', (field, given) => {
    const answer = { code: 400, msg: expect.stringMatching(new RegExp(`^${field}：`)) as string };
    expect(open(given)).toEqual({ ok: false, answer });
  });

  test('never throws, whatever is under the right key', () => {
    const key = randomBytes(16);
    const iv = randomBytes(16);
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const given = { encryptedData: encrypt(text, key, iv), iv: iv.toString('base64') };
        const opened = openData(given, {
          sessionKey: key.toString('base64'),
          appid: 'wx1',
          now: made,
        });
        expect(opened).toEqual(changed);
      }),
    );
  });

  test('never opens under another key, nor throws', () => {
    const text = JSON.stringify({ watermark: { appid: 'wx1', timestamp: made / 1000 } });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (other) => {
        const iv = randomBytes(16);
        const given = {
          encryptedData: encrypt(text, randomBytes(16), iv),
          iv: iv.toString('base64'),
        };
        const sessionKey = Buffer.from(other).toString('base64');
        expect(openData(given, { sessionKey, appid: 'wx1', now: made })).toEqual(changed);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a signature under session_key', () => {
  test('is that of WeChat’s own sample', () => {
    expect(sign('{"foo":"bar"}', 'o0q0otL8aEzpcZL/FT9WsQ==')).toEqual({
      ok: true,
      signature: '654571f79995b2ce1e149e53c0a33dc39c0a74090db514261454e8dbe432aa0b',
    });
  });

  test('is answered 409 where no session_key is kept', () => {
    expect(sign('', undefined)).toEqual(changed);
  });
});
