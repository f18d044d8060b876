import { createServer } from 'node:http';
import { portOf } from './fault-proxy';

/**
 * WeChat's server API as far as gettoken uses it, on loopback.
 * Reference: https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
 */
export interface WeChatStandIn {
  readonly url: string;
  /** Makes the code that `wx.login` would give this user; it is good once. */
  issueCode(openid: string, sessionKey: string): string;
  /** Makes a code for which WeChat answers this errcode, or something else entirely. */
  issueBadCode(answer: number | 'hang' | 'not json' | 'redirect' | 'empty' | 'no key'): string;
  /** How many times it was asked. */
  asked(): number;
  stop(): Promise<void>;
}

type BadAnswer = Parameters<WeChatStandIn['issueBadCode']>[0];

const messages: Readonly<Record<number, string>> = {
  [-1]: 'system error',
  40013: 'invalid appid',
  40029: 'invalid code',
  40125: 'invalid appsecret',
  40163: 'code been used',
  40226: 'code blocked',
  45011: 'api minute-quota reach limit  mustslower  retry next minute',
};

/**
 * @param app - the app whose codes it knows.
 * @param hanging - what happens once somebody waits for an answer that never comes.
 */
export async function startWeChatStandIn(
  app: { appid: string; secret: string },
  hanging: () => void = () => undefined,
): Promise<WeChatStandIn> {
  const sessions = new Map<string, { openid: string; session_key: string }>();
  const used = new Set<string>();
  const bad = new Map<string, BadAnswer>();
  let issued = 0;
  let asked = 0;

  const answer = (query: URLSearchParams): object => {
    const code = query.get('js_code') ?? '';
    if (query.get('appid') !== app.appid) return failure(40013);
    if (query.get('secret') !== app.secret) return failure(40125);
    if (query.get('grant_type') !== 'authorization_code') return failure(40002);
    if (used.has(code)) return failure(40163);
    const session = sessions.get(code);
    if (session === undefined) return failure(40029);
    used.add(code);
    return session;
  };
  const server = createServer((incoming, outgoing) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://wechat');
    asked += 1;
    const wrong = bad.get(searchParams.get('js_code') ?? '');
    // As WeChat does: JSON that calls itself text, and status 200 whatever happened.
    outgoing.setHeader('content-type', 'text/plain');
    if (pathname !== '/sns/jscode2session' || incoming.method !== 'GET') {
      outgoing.writeHead(404).end();
    } else if (wrong === 'hang') hanging();
    else if (wrong === 'redirect') outgoing.writeHead(302, { location: '/elsewhere' }).end();
    else if (wrong === 'not json') outgoing.end('<html>busy</html>');
    else if (wrong === 'empty') outgoing.end('{}');
    else if (wrong === 'no key') outgoing.end('{"openid":"o","session_key":""}');
    else outgoing.end(JSON.stringify(wrong === undefined ? answer(searchParams) : failure(wrong)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    issueCode: (openid, sessionKey) => {
      const code = `login-code-${++issued}`;
      sessions.set(code, { openid, session_key: sessionKey });
      return code;
    },
    issueBadCode: (wrong) => {
      const code = `login-code-${++issued}`;
      bad.set(code, wrong);
      return code;
    },
    asked: () => asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function failure(errcode: number): object {
  return { errcode, errmsg: `${messages[errcode] ?? 'error'}, rid: 5f0e6b6f-8af5475c-8d7c8df9` };
}
