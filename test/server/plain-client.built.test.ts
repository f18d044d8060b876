import { sessionKey, startHttpCloud } from './http-cloud';
import type { TestCloud } from './test-cloud';
import type { WeChatStandIn } from './wechat-stand-in';

jest.setTimeout(60_000);

const openid = 'oTokenLoop_XiaoMing_00000001';

/** The little of `wx` that such a client needs, against a server; `idle` settles when nothing is under way. */
function makeWx(logIn: () => string) {
  const storage = new Map<string, unknown>();
  const sent: string[] = [];
  let underWay: Promise<void>[] = [];
  return {
    storage,
    sent,
    async idle(): Promise<void> {
      for (;;) {
        const all = underWay;
        if (all.length === 0) return;
        underWay = [];
        await Promise.all(all);
      }
    },
    getStorageSync: (key: string): unknown => storage.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => storage.set(key, value),
    login: ({ success }: { success: (result: { code: string }) => void }) => {
      underWay.push(
        Promise.resolve().then(() => {
          success({ code: logIn() });
        }),
      );
    },
    request({ url, data, header, success }: RequestOptions) {
      const headers = { 'content-type': 'application/json', ...header };
      const ask = async () => {
        const response = await fetch(url, {
          method: 'POST',
          headers,
          body: JSON.stringify(data ?? {}),
        });
        const answer = (await response.json()) as Answer;
        sent.push(`${url.slice(url.lastIndexOf('/') + 1)} ${answer.code}`);
        success({ data: answer });
      };
      underWay.push(ask());
    },
  };
}

interface Answer {
  code: number;
  token?: string;
  orders?: unknown[];
}
interface RequestOptions {
  url: string;
  data?: object;
  header?: Record<string, string>;
  success: (response: { data: Answer }) => void;
}

/**
 * A client as one writes it by hand: the token in storage under `token` and in a header, a new one after a 903 and
 * then the same call, at once again for as long as the answer is not 1.
 */
function makeClient(wx: ReturnType<typeof makeWx>, host: string) {
  const client = {
    shown: [] as unknown[],
    setToken(then?: () => void) {
      wx.login({
        success: ({ code }) => {
          wx.request({
            url: `${host}/api/gettoken`,
            data: { code },
            success: ({ data }) => {
              if (data.code !== 1) {
                client.setToken();
                return;
              }
              wx.setStorageSync('token', data.token);
              then?.();
            },
          });
        },
      });
    },
    loadOrders() {
      wx.request({
        url: `${host}/api/orders`,
        header: { token: String(wx.getStorageSync('token')) },
        success: ({ data }) => {
          if (data.code === 903)
            client.setToken(() => {
              client.loadOrders();
            });
          else if (data.orders !== undefined) client.shown = data.orders;
        },
      });
    },
  };
  return client;
}

describe('a client that knows nothing of the session', () => {
  let wechat: WeChatStandIn;
  let cloud: TestCloud;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    ({ wechat, cloud, stop } = await startHttpCloud());
  });
  afterAll(() => stop());

  const start = (logIn = () => wechat.issueCode(openid, sessionKey)) => {
    const wx = makeWx(logIn);
    const client = makeClient(wx, cloud.url);
    const tap = async () => {
      wx.sent.length = 0;
      client.loadOrders();
      await wx.idle();
      cloud.keepSecret(String(wx.getStorageSync('token')));
      return wx.sent;
    };
    return { client, tap };
  };
  const renewed = ['orders 903', 'gettoken 1', 'orders 1'];

  test('gets its orders at the first tap, with one call while the token lives, and after its end', async () => {
    const { client, tap } = start();
    expect(await tap()).toEqual(renewed);
    expect(client.shown).toHaveLength(20);
    expect(await tap()).toEqual(['orders 1']);
    cloud.clock.advance(7200_000);
    expect(await tap()).toEqual(renewed);
    expect(await tap()).toEqual(['orders 1']);
  });

  test('settles after each of twenty ends of its token', async () => {
    const { tap } = start();
    await tap();
    for (let end = 0; end < 20; end += 1) {
      cloud.clock.advance(7200_000);
      expect(await tap()).toEqual(renewed);
    }
  });

  test('comes to rest after gettoken failed for a while, and the next tap has the orders', async () => {
    let failures = 7;
    const { client, tap } = start(() =>
      failures-- > 0 ? wechat.issueBadCode(-1) : wechat.issueCode(openid, sessionKey),
    );
    const failed = Array<string>(7).fill('gettoken 500');
    expect(await tap()).toEqual(['orders 903', ...failed, 'gettoken 1']);
    expect(await tap()).toEqual(['orders 1']);
    expect(client.shown).toHaveLength(20);
  });
});
