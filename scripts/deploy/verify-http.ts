import * as v from 'valibot';
import type { HttpRoute } from 'cloudbase-local/project';
import type { Api } from './api';
import { callRoute, type Patience } from './call-route';
import type { DeclaredHttp } from './declared-project';
import type { SeenDomain, SeenHttp } from './look-at-http';
import { leadsTo } from './plan-http';
import type { SmokeCall } from './smoke-calls';

/** Routes reach the gateway some time after the API took them; until then it answers as before. */
const patience: Patience = { total: 120_000, every: 1000, limit: 15_000 };

/** What was found: sentences, each about one thing. */
export interface Findings {
  readonly facts: readonly string[];
  readonly faults: readonly string[];
}

/**
 * Calls the routes as a phone does, by HTTP: with the smoke calls of their functions.
 *
 * @param seen - Has the routes as declared.
 * @param isFresh - Whether something was changed just now, and may not have reached the gateway yet.
 */
export async function verifyHttp(
  api: Api,
  { isOn, routes }: DeclaredHttp,
  seen: SeenHttp,
  smokeCalls: readonly SmokeCall[],
  isFresh: boolean,
): Promise<Findings> {
  if (!isOn)
    return { facts: ['HTTP access is off: no declared route leads to its function'], faults: [] };
  const domains = seen.domains.filter((domain) => domain.isEnabled && hasAll(domain, routes));
  if (domains.length === 0) {
    const names = seen.domains.map(({ name }) => name).join(', ');
    const fault = `No domain serves the routes: enable one in the console (HTTP 访问服务) of ${names}.`;
    return { facts: [], faults: [fault] };
  }
  const calls = domains.flatMap((domain) => callsTo(domain, routes, smokeCalls));
  const answered = await Promise.all(
    calls.map(async ({ url, event, code }) => {
      const call = () =>
        callRoute(url, event, code, isFresh ? patience : { ...patience, total: 0 });
      const answer = await api.ask(`Calling ${url}`, v.string(), call);
      return { text: `${url} answers ${answer}`, code, isRight: answer === String(code) };
    }),
  );
  return {
    facts: [
      ...routes.map(({ path, functionName }) => `route ${path} leads to ${functionName}`),
      ...answered.filter(({ isRight }) => isRight).map(({ text }) => text),
      ...domains.map(describeAddress),
    ],
    faults: answered
      .filter(({ isRight }) => !isRight)
      .map(({ text, code }) => `${text} and not ${code}: see "HTTP access" in docs/deploy.md.`),
  };
}

function hasAll(domain: SeenDomain, routes: readonly HttpRoute[]): boolean {
  return routes.every(({ path, functionName }) =>
    domain.routes.some((found) => found.path === path && leadsTo(found, functionName)),
  );
}

function callsTo(
  { name }: SeenDomain,
  routes: readonly HttpRoute[],
  smokeCalls: readonly SmokeCall[],
): (SmokeCall & { readonly url: string })[] {
  return routes.flatMap(({ path, functionName }) =>
    smokeCalls
      .filter((call) => call.function === functionName)
      .map((call) => ({ ...call, url: `https://${name}${path}` })),
  );
}

/** Reference: https://developers.weixin.qq.com/miniprogram/dev/framework/ability/network.html */
function describeAddress({ name, isDefault }: SeenDomain): string {
  const address = `request 合法域名 (mp.weixin.qq.com, 开发管理 → 开发设置 → 服务器域名): https://${name}`;
  if (!isDefault) return address;
  return `${address}, for testing only: production needs a domain of your own with 备案`;
}
