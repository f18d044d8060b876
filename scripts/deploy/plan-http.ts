import type { HttpRoute } from 'cloudbase-local/project';
import type { DeclaredHttp } from './declared-project';
import type { SeenDomain, SeenHttp, SeenRoute } from './look-at-http';

/** Something that must be done for HTTP access. */
export type HttpChange = {
  /** How it is not as declared: a sentence without its end. */
  readonly fault: string;
} & (
  | { readonly todo: 'switch on' }
  | { readonly todo: 'create' | 'repair'; readonly domain: string; readonly route: HttpRoute }
  | { readonly todo: 'remove'; readonly domain: string; readonly path: string }
);

/**
 * Compares the declared routes with those in the cloud. Each must be on the default domain. On a domain of the owner's
 * it is kept as declared where it is there and leads to its function. While HTTP access is off, it is nowhere.
 * Other paths are nobody's business here, nor is a declared one that leads elsewhere while HTTP access is off.
 */
export function planHttp(declared: DeclaredHttp, seen: SeenHttp): HttpChange[] {
  if (!declared.isOn) return seen.domains.flatMap((domain) => planRemovals(declared, domain));
  return [
    ...planSwitch(declared, seen),
    ...seen.domains.flatMap((domain) =>
      declared.routes.flatMap((route) => planRoute(route, domain) ?? []),
    ),
  ];
}

/** @returns A sentence if the environment has nowhere to put routes. */
export function findHttpConflicts({ isOn }: DeclaredHttp, { domains }: SeenHttp): string[] {
  if (!isOn || domains.some(({ isDefault }) => isDefault)) return [];
  return [
    'The environment has no default domain for HTTP access yet: open HTTP 访问服务 in the console once, and run this again.',
  ];
}

/** The switch opens what others have there, too: whoever reads the plan is to know. */
function planSwitch({ routes }: DeclaredHttp, { isServing, domains }: SeenHttp): HttpChange[] {
  if (isServing !== false) return [];
  const paths = routes.map(({ path }) => path);
  const others = domains
    .flatMap((domain) => domain.routes.map((route) => ({ ...route, name: named(domain, route) })))
    .filter(({ path, isEnabled }) => isEnabled && !paths.includes(path))
    .map(({ name }) => name);
  const withIt = others.length === 0 ? '' : `, and with it ${others.join(', ')}`;
  return [{ todo: 'switch on', fault: `HTTP access is switched off${withIt}` }];
}

function planRoute(route: HttpRoute, domain: SeenDomain): HttpChange | undefined {
  const found = domain.routes.find(({ path }) => path === route.path);
  const where = { domain: domain.name, route };
  const subject = `route ${named(domain, route)}`;
  if (found === undefined) {
    if (!domain.isDefault) return undefined;
    return { todo: 'create', ...where, fault: `${subject} is not there` };
  }
  if (!domain.isDefault && !leadsTo(found, route.functionName)) return undefined;
  const faults = compare(route, found);
  if (faults.length === 0) return undefined;
  return { todo: 'repair', ...where, fault: `${subject} ${faults.join(', ')}` };
}

function planRemovals({ routes }: DeclaredHttp, domain: SeenDomain): HttpChange[] {
  const functions = routes.map(({ functionName }) => functionName);
  const paths = routes.map(({ path }) => path);
  return domain.routes
    .filter((found) => paths.includes(found.path))
    .filter((found) => functions.some((name) => leadsTo(found, name)))
    .map((found) => ({
      todo: 'remove',
      domain: domain.name,
      path: found.path,
      fault: `HTTP access is off, and route ${named(domain, found)} leads to ${found.upstreamName}`,
    }));
}

export function leadsTo({ upstreamType, upstreamName }: SeenRoute, functionName: string): boolean {
  return upstreamType === 'SCF' && upstreamName === functionName;
}

/** @returns Parts of a sentence that begins with the route; empty if it is as declared. */
function compare(route: HttpRoute, found: SeenRoute): string[] {
  const faults: string[] = [];
  if (!leadsTo(found, route.functionName)) {
    const kind = found.upstreamType === 'SCF' ? '' : `${found.upstreamType} `;
    faults.push(`leads to ${kind}${found.upstreamName} and not ${route.functionName}`);
  }
  if (!found.isEnabled) faults.push('is disabled');
  if (found.wantsAuth !== route.wantsAuth) {
    faults.push(`wants ${route.wantsAuth ? 'no' : 'an'} access token of CloudBase`);
  }
  if (found.passesWholePath !== route.passesWholePath) {
    faults.push(`passes ${route.passesWholePath ? 'the rest of the' : 'the whole'} path`);
  }
  const [is, must] = [describeLimit(found.limit), describeLimit(route.limit)];
  // What nobody declared may be set in the console.
  if (route.limit !== undefined && is !== must) faults.push(`takes ${is} and not ${must}`);
  return faults;
}

function describeLimit(limit: HttpRoute['limit']): string {
  if (limit === undefined) return 'any number of calls';
  const { total, perClient } = limit;
  const client = perClient === undefined ? '' : `, ${perClient.value} of one ${perClient.by}`;
  return `${total} calls a second${client}`;
}

function named({ name, isDefault }: SeenDomain, { path }: { readonly path: string }): string {
  return isDefault ? path : `${name}${path}`;
}
