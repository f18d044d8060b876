import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Environment } from './environments';
import type { Domain, Route } from './routes';
import type { Runner } from './run';

/**
 * Answers a request to a domain of HTTP access as the gateway does: with what the function of the route answers, or an
 * error of its own (docs.cloudbase.net/error-code/semantic-http-status). It does not count requests.
 */
export async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  environments: ReadonlyMap<string, Environment>,
  runnerOf: (environment: Environment) => Runner,
): Promise<void> {
  const body = await buffer(request);
  const [pathname = ''] = (request.url ?? '').split('?');
  const found = find(environments, request.headers.host ?? '', pathname);
  if ('status' in found) {
    const { status, code } = found;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ code, message: code, requestId: '' }));
    return;
  }
  const { environment, route } = found;
  const answer = await runnerOf(environment).request(route.UpstreamResourceName, {
    method: request.method ?? '',
    contentType: request.headers['content-type'] ?? '',
    body,
  });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
}

type Refused = { readonly status: number; readonly code: string };

function find(
  environments: ReadonlyMap<string, Environment>,
  host: string,
  pathname: string,
): { environment: Environment; route: Route } | Refused {
  for (const environment of environments.values()) {
    const domain = environment.http.domains.get(host);
    if (domain === undefined) continue;
    if (!environment.http.serving) return { status: 403, code: 'HTTPSERVICE_NONACTIVATED' };
    const route = findRoute(domain, pathname);
    if (route === undefined) return { status: 404, code: 'INVALID_PATH' };
    if (!route.Enable) return { status: 423, code: 'GATEWAY_ROUTE_DISABLED' };
    if (route.EnableAuth) return { status: 401, code: 'MISSING_CREDENTIALS' };
    if (route.UpstreamResourceType !== 'SCF') return { status: 502, code: 'SERVICE_NOT_FOUND' };
    return { environment, route };
  }
  return { status: 404, code: 'INVALID_HOST' };
}

function findRoute(domain: Domain, pathname: string): Route | undefined {
  if (domain.behind > 0) {
    domain.behind -= 1;
    return undefined;
  }
  return [...domain.routes.values()]
    .filter(({ Path }) => pathname === Path || pathname.startsWith(`${Path}/`))
    .sort((one, other) => other.Path.length - one.Path.length)[0];
}
