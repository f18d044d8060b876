import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';

/** Where SDKs find the database whose addresses are fixed in their code: tcb-admin-node, and wx-server-sdk until 2.0. */
const adminHost =
  /^(?:tcb-admin|tcb-open)\.(?:tencentcloudapi|tencentyun)\.com$|\.tcb-(?:api|open)\.tencentcloudapi\.com$/;

/** Where SDK 3 finds data models, SQL, AI and containers. */
const gatewayHost = /\.api\.tcloudbasegateway\.com$/;

type Options = http.RequestOptions;
/** One of the ways to call `http.request`. */
type Given = Parameters<typeof http.request>;

/**
 * From now on, requests of this process to CloudBase go to the local cloud, whatever SDK makes them. All others go
 * where they went.
 */
export function keepCloudRequestsHere(): void {
  const local = localUrl();
  if (local === undefined) return;
  const requestHere = http.request;
  for (const protocol of [http, https]) {
    const requestThere = protocol.request;
    const request = (...given: Given): http.ClientRequest => {
      const { options, callback } = parse(given);
      const target = local(options.hostname ?? options.host, options.path);
      return target === undefined
        ? requestThere(...given)
        : requestHere(toLocal(options, target), callback);
    };
    Reflect.set(protocol, 'request', request);
    Reflect.set(protocol, 'get', (...given: Given) => request(...given).end());
  }
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    const url = URL.canParse(address) ? new URL(address) : undefined;
    const target = url && local(url.hostname, url.pathname + url.search);
    if (target === undefined) return fetch(input, init);
    return fetch(input instanceof Request ? new Request(target, input) : target, init);
  };
  syncBuiltinESMExports();
}

type Local = (host: string | null | undefined, path: string | null | undefined) => URL | undefined;

/** @returns Where the local cloud answers for an address; undefined if this process has none. */
function localUrl(): Local | undefined {
  const configuration: unknown = JSON.parse(process.env['TCB_CONTEXT_CNFG'] ?? 'null');
  const url: unknown = Reflect.get(Object(configuration), 'URL');
  if (typeof url !== 'string') return undefined;
  return (hostAndPort, path) => {
    const host = (hostAndPort ?? '').replace(/:\d+$/, '');
    if (adminHost.test(host)) {
      const { searchParams } = new URL(`http://cloud${path ?? '/'}`);
      const target = new URL('/admin', url);
      // Their signature is in the body, which is not read before the key is known.
      searchParams.set('secretId', process.env['TENCENTCLOUD_SECRETID'] ?? '');
      target.search = searchParams.toString();
      return target;
    }
    return gatewayHost.test(host) ? new URL(`/unavailable${path ?? '/'}`, url) : undefined;
  };
}

/** As `http.request` takes its arguments. */
function parse(given: readonly unknown[]): {
  options: Options;
  callback: ((response: http.IncomingMessage) => void) | undefined;
} {
  const [first, ...rest] = given;
  const hasUrl = typeof first === 'string' || first instanceof URL;
  const fromUrl = hasUrl ? optionsOf(new URL(first)) : {};
  const others = hasUrl ? rest : given;
  const options = others.find((each) => typeof each === 'object' && each !== null);
  const callback = others.find((each) => typeof each === 'function');
  return {
    options: { ...fromUrl, ...options },
    callback: callback && ((response) => void Reflect.apply(callback, undefined, [response])),
  };
}

function optionsOf(url: URL): Options {
  return { hostname: url.hostname, path: url.pathname + url.search };
}

function toLocal(options: Options, target: URL): Options {
  const headers = Object.entries(options.headers ?? {}).filter(
    ([name]) => name.toLowerCase() !== 'host',
  );
  return {
    method: options.method,
    headers: Object.fromEntries(headers),
    hostname: target.hostname,
    port: target.port,
    path: target.pathname + target.search,
  };
}
