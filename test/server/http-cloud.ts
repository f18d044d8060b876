import { startTestCloud, type TestCloud } from './test-cloud';
import { startWeChatStandIn, type WeChatStandIn } from './wechat-stand-in';

/** The app whose codes the stand-in of WeChat knows. */
export const app = { appid: 'wx0123456789abcdef', secret: 'app-secret-of-the-tests-0123' };
export const sessionKey = 'c2Vzc2lvbl9rZXkgMTIzNA==';

/** A cloud whose functions ask a stand-in of WeChat who calls over HTTP. */
export interface HttpCloud {
  readonly wechat: WeChatStandIn;
  readonly cloud: TestCloud;
  readonly stop: () => Promise<void>;
}

export async function startHttpCloud(): Promise<HttpCloud> {
  const wechat = await startWeChatStandIn(app);
  const cloud = await startTestCloud({
    env: { WX_APP_ID: app.appid, WX_APP_SECRET: app.secret, WX_API_BASE: wechat.url },
  });
  cloud.keepSecret(sessionKey);
  return {
    wechat,
    cloud,
    async stop() {
      await cloud.stop();
      await wechat.stop();
    },
  };
}
