import type { HttpRoute } from 'cloudbase-local/project';
import type { DeclaredHttp } from '../../../scripts/deploy/declared-project';
import type { SeenDomain, SeenHttp, SeenRoute } from '../../../scripts/deploy/look-at-http';
import { describeChanges, describeFaults, makePlan } from '../../../scripts/deploy/plan';

const write: HttpRoute = {
  path: '/api/write',
  functionName: 'write',
  passesWholePath: false,
  wantsAuth: false,
  limit: { total: 500, perClient: { by: 'ClientIP', value: 20 } },
};
const declared: DeclaredHttp = { isOn: true, routes: [write] };

const seenWrite: SeenRoute = {
  path: '/api/write',
  upstreamType: 'SCF',
  upstreamName: 'write',
  isEnabled: true,
  passesWholePath: false,
  wantsAuth: false,
  limit: write.limit,
};
const other: SeenRoute = { ...seenWrite, path: '/shop', upstreamType: 'CBR', upstreamName: 'shop' };

const defaultDomain = (...routes: SeenRoute[]): SeenDomain => ({
  name: 'test-1.app.tcloudbase.com',
  isDefault: true,
  isEnabled: true,
  routes,
});
const ownDomain = (...routes: SeenRoute[]): SeenDomain => ({
  name: 'api.example.com',
  isDefault: false,
  isEnabled: true,
  routes,
});

function plan(http: DeclaredHttp, ...domains: SeenDomain[]) {
  return planSeen(http, { isServing: true, domains });
}

function planSeen(http: DeclaredHttp, seen: SeenHttp) {
  const nothing = { collections: new Map(), functions: new Map() };
  return makePlan({ collections: [], functions: [], http }, { envId: 'e', ...nothing, http: seen });
}

const changes = (http: DeclaredHttp, ...domains: SeenDomain[]) =>
  describeChanges(plan(http, ...domains));

describe('the plan for HTTP access that is on', () => {
  test('is empty where all is as declared, whatever else is there', () => {
    const domains = [defaultDomain(seenWrite, other), ownDomain(other)];
    expect(describeFaults(plan(declared, ...domains))).toEqual([]);
  });

  test('makes a missing route on the default domain, and on no other', () => {
    const made = plan(declared, ownDomain(), defaultDomain(other));
    expect(describeChanges(made)).toEqual(['route /api/write is not there → create']);
    expect(made.http).toEqual([
      expect.objectContaining({ domain: 'test-1.app.tcloudbase.com', route: write }),
    ]);
  });

  test.each<[string, Partial<SeenRoute>, string]>([
    ['another function', { upstreamName: 'read' }, 'leads to read and not write'],
    ['a container of the same name', { upstreamType: 'CBR' }, 'leads to CBR write and not write'],
    ['a disabled route', { isEnabled: false }, 'is disabled'],
    ['a login of CloudBase', { wantsAuth: true }, 'wants an access token of CloudBase'],
    ['the whole path', { passesWholePath: true }, 'passes the whole path'],
    [
      'another limit',
      { limit: { total: 100, perClient: { by: 'ClientIP', value: 30 } } },
      'takes 100 calls a second, 30 of one ClientIP and not 500 calls a second, 20 of one ClientIP',
    ],
    [
      'no limit',
      { limit: undefined },
      'takes any number of calls and not 500 calls a second, 20 of one ClientIP',
    ],
    [
      'several things',
      { upstreamName: 'read', isEnabled: false },
      'leads to read and not write, is disabled',
    ],
  ])('repairs %s', (_, drift, fault) => {
    expect(changes(declared, defaultDomain({ ...seenWrite, ...drift }))).toEqual([
      `route /api/write ${fault} → repair`,
    ]);
  });

  test('leaves a limit alone that nobody declared', () => {
    const unlimited = { ...declared, routes: [{ ...write, limit: undefined }] };
    expect(changes(unlimited, defaultDomain(seenWrite))).toEqual([]);
  });

  test('keeps a route on a domain of the owner’s as declared where it leads to the function', () => {
    const domains = (drift: Partial<SeenRoute>) => [
      defaultDomain(seenWrite),
      ownDomain({ ...seenWrite, ...drift }),
    ];
    expect(changes(declared, ...domains({ wantsAuth: true }))).toEqual([
      'route api.example.com/api/write wants an access token of CloudBase → repair',
    ]);
    expect(changes(declared, ...domains({ upstreamName: 'read' }))).toEqual([]);
  });

  test('switches it on first, and names what that opens beside its own', () => {
    const disabled = { ...other, path: '/off', isEnabled: false };
    const domains = [defaultDomain(other, disabled), ownDomain(other)];
    expect(describeChanges(planSeen(declared, { isServing: false, domains }))).toEqual([
      'HTTP access is switched off, and with it /shop, api.example.com/shop → switch on',
      'route /api/write is not there → create',
    ]);
    const alone = planSeen(declared, { isServing: false, domains: [defaultDomain(seenWrite)] });
    expect(describeChanges(alone)).toEqual(['HTTP access is switched off → switch on']);
  });

  test('refuses an environment without a default domain, with a way on', () => {
    expect(plan(declared, ownDomain()).conflicts).toEqual([
      expect.stringMatching(/^The environment has no default domain .*open HTTP 访问服务/),
    ]);
  });
});

describe('the plan for HTTP access that is off', () => {
  const off = { ...declared, isOn: false };

  test('is empty where no route leads to a function', () => {
    expect(describeFaults(plan(off, defaultDomain(other), ownDomain()))).toEqual([]);
    expect(describeFaults(planSeen(off, { isServing: undefined, domains: [] }))).toEqual([]);
  });

  test('removes the declared routes from every domain', () => {
    const made = plan(off, defaultDomain(seenWrite, other), ownDomain(seenWrite));
    expect(describeChanges(made)).toEqual([
      'HTTP access is off, and route /api/write leads to write → remove',
      'HTTP access is off, and route api.example.com/api/write leads to write → remove',
    ]);
  });

  test('leaves a declared path alone that leads elsewhere, and a function’s other path', () => {
    const elsewhere = { ...other, path: '/api/write' };
    const byHand = { ...seenWrite, path: '/by-hand' };
    expect(changes(off, defaultDomain(elsewhere, byHand))).toEqual([]);
  });
});
