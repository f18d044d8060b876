import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ApiCall } from './cloud-api/answer';
import { customDomain, startCloudApi, type CloudApi } from './cloud-api/cloud-api';
import type { Environment } from './cloud-api/environments';
import { createDomain, type Domain, type Route } from './cloud-api/routes';
import { runDeploy, seed, settings, since, timerAt, writeSettings } from './deployment';
import { copyProject, type Project } from './project';

jest.setTimeout(60_000);

const on = { ...settings, HTTP_ACCESS: 'on' };
const host = 'test-1-1300000001.ap-shanghai.app.tcloudbase.com';
const paths = ['/api/gettoken', '/api/orders'];

let project: Project;
let api: CloudApi;
let environment: Environment;
let onCall: (call: ApiCall) => void;

beforeAll(async () => {
  project = await copyProject();
  api = await startCloudApi({
    onCall: (call) => {
      onCall(call);
    },
  });
  environment = await seed(project, api);
});

beforeEach(async () => {
  onCall = () => undefined;
  environment.http.serving = true;
  for (const { routes } of environment.http.domains.values()) routes.clear();
  environment.collections.delete('users');
  await writeSettings(project, '.env', on);
});

afterAll(async () => {
  await api.stop();
  await project.remove();
});

const deploy = (...args: string[]) => runDeploy(project, api, args);

function domain(name = host): Domain {
  const found = environment.http.domains.get(name);
  if (found === undefined) throw new Error(`There is no domain ${name}.`);
  return found;
}

function route(name: string): Route {
  const found = domain().routes.get(name);
  if (found === undefined) throw new Error(`There is no route ${name}.`);
  return found;
}

function drift(name: string, change: Partial<Route>): void {
  domain().routes.set(name, { ...route(name), ...change });
}

const shop: Route = {
  Path: '/shop',
  UpstreamResourceType: 'CBR',
  UpstreamResourceName: 'shop',
  EnableAuth: true,
};

/** What a deployment leaves, for tests that begin after it. */
function declared(Path: string): Route {
  const [total, client] = Path === '/api/orders' ? [500, 20] : [100, 5];
  return {
    Path,
    UpstreamResourceType: 'SCF',
    UpstreamResourceName: Path.slice('/api/'.length),
    Enable: true,
    EnableSafeDomain: true,
    EnableAuth: false,
    EnablePathTransmission: false,
    QPSPolicy: { QPSTotal: total, QPSPerClient: { LimitBy: 'ClientIP', LimitValue: client } },
  };
}

function seedRoutes(...to: Domain[]): void {
  for (const { routes } of to) for (const name of paths) routes.set(name, declared(name));
}

function seedUsers(...documents: Record<string, unknown>[]): void {
  environment.collections.set('users', {
    indexes: new Map(),
    permission: 'ADMINONLY',
    documents,
  });
}

const requestsSince = (before: number) => [...api.requests.slice(before)].sort();

test('routes are made when HTTP access is on, left alone when unchanged, repaired when drifted, and removed when it is off', async () => {
  domain().routes.set('/shop', shop);
  environment.http.serving = false;
  const { triggers } = environment.functions.get('cleartokens');
  triggers.set('hourly', { ...timerAt('hourly', '0 0 * * * * *'), enabled: false });

  const made = await deploy('functions', 'routes', 'verify');
  expect(made).toMatchObject({ status: 0, stderr: '' });
  for (const line of [
    '  ! HTTP_ACCESS is on without WX_APP_ID: nobody can log in over HTTP until it is in .env',
    '  … HTTP access is switched off, and with it /shop → switch on\n',
    '  … route /api/orders is not there → create\n',
    '  ✓ HTTP access switched on\n',
    '  ✓ route /api/orders created\n',
    `  ✓ https://${host}/api/gettoken answers 401\n`,
    `  ✓ https://${host}/api/orders answers 903\n`,
    `: https://${host}, for testing only: production needs a domain of your own with 备案\n`,
    'test-1: 4 changes, verified.\n',
  ]) {
    expect(made.stdout).toContain(line);
  }
  // No route leads to a function that is not as declared.
  expect(since(api, 0)).toEqual([
    'DeleteTrigger cleartokens',
    'BatchCreateTrigger cleartokens',
    'ModifyCloudBaseGWPrivilege',
    'CreateHTTPServiceRoute',
    'CreateHTTPServiceRoute',
  ]);
  expect([...domain().routes.values()]).toEqual([shop, ...paths.map(declared)]);
  // The gateway heard of the routes after the first request.
  expect(api.requests.length).toBeGreaterThan(paths.length);

  // A domain of the owner's is called, too.
  const own = createDomain(customDomain, 'HTTPSERVICE', false);
  environment.http.domains.set(customDomain, own);
  seedRoutes(own);
  let changes = api.changes().length;
  let requests = api.requests.length;
  const again = await deploy('routes', 'verify');
  expect(again).toMatchObject({ status: 0, stderr: '' });
  expect(again.stdout).toContain('nothing must be changed');
  expect(again.stdout).toContain('test-1: nothing had to be changed, verified.');
  expect(since(api, changes)).toEqual([]);
  expect(requestsSince(requests)).toEqual(
    [customDomain, host].flatMap((name) => paths.map((each) => `POST https://${name}${each}`)),
  );
  expect(again.stdout).toContain(`服务器域名): https://${customDomain}\n`);
  environment.http.domains.delete(customDomain);

  drift('/api/gettoken', {
    UpstreamResourceType: 'CBR',
    UpstreamResourceName: 'shop',
    EnablePathTransmission: true,
  });
  const QPSPolicy = { QPSTotal: 100_000 };
  drift('/api/orders', { EnableAuth: true, Enable: false, QPSPolicy });
  requests = api.requests.length;
  const drifted = await deploy('verify');
  expect(drifted.status).toBe(1);
  expect(drifted.stderr).toBe(
    'route /api/gettoken leads to CBR shop and not gettoken, passes the whole path.\n' +
      'route /api/orders is disabled, wants an access token of CloudBase, takes 100000 calls a second and not 500 calls a second, 20 of one ClientIP.\n' +
      '`npm run deploy` puts right what can be put right.\n',
  );
  expect(requestsSince(requests)).toEqual([]);

  const repaired = await deploy('routes', 'verify');
  expect(repaired).toMatchObject({ status: 0, stderr: '' });
  expect(repaired.stdout).toMatch(
    /route \/api\/orders is disabled, .* → repair\n(?:.+\n)*.*route \/api\/orders repaired/,
  );
  expect(repaired.stdout).toContain('test-1: 2 changes, verified.');
  expect([...domain().routes.values()]).toEqual([shop, ...paths.map(declared)]);

  await writeSettings(project, '.env', { ...settings, HTTP_ACCESS: 'off' });
  triggers.clear();
  changes = api.changes().length;
  requests = api.requests.length;
  const off = await deploy('functions', 'routes', 'verify');
  expect(off).toMatchObject({ status: 0, stderr: '' });
  expect(off.stdout).toContain(
    'HTTP access is off, and route /api/orders leads to orders → remove\n',
  );
  expect(off.stdout).toContain('HTTP access is off: no declared route leads to its function\n');
  expect(since(api, changes)).toEqual([
    'DeleteHTTPServiceRoute',
    'DeleteHTTPServiceRoute',
    'BatchCreateTrigger cleartokens',
  ]);
  expect([...domain().routes.values()]).toEqual([shop]);
  expect(requestsSince(requests)).toEqual([]);
});

test('a route that another deployment makes first, and one whose answer is lost, are as declared', async () => {
  onCall = ({ action }) => {
    // Between the look and the change.
    if (action !== 'DescribeCloudBaseGWService') return;
    domain().routes.set('/api/gettoken', { ...declared('/api/gettoken'), EnableAuth: true });
  };
  const end = api.fail({ action: 'CreateHTTPServiceRoute', nth: 2 }, 'lost');
  const run = await deploy('routes');
  end();
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(/^Creating the route \/api\/orders: .*The cloud cannot be reached/);
  expect([...domain().routes.values()]).toEqual(paths.map(declared));
});

test('a verification without a change before it is red at once for a route that answers otherwise', async () => {
  seedRoutes(domain());
  domain().behind = paths.length;
  const run = await deploy('verify');
  expect(run.status).toBe(1);
  expect(run.stderr).toContain(
    `https://${host}/api/orders answers HTTP 404 INVALID_PATH and not 903: see "HTTP access" in docs/deploy.md.\n`,
  );
});

test('an environment without a domain for HTTP access is refused before anything is changed', async () => {
  const kept = domain();
  environment.http.domains.delete(host);
  environment.http.serving = false;
  const before = api.changes().length;
  const run = await deploy('routes');
  environment.http.domains.set(host, kept);
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(
    /no default domain for HTTP access yet: open .*\nNothing was changed\./,
  );
  expect(since(api, before)).toEqual([]);
});

test('what the cloud refuses comes with its cause; but a hint that it refuses stops nothing', async () => {
  environment.http.serving = false;
  seedUsers({ _id: 'b', live: [], recent: [] });
  const ends = [
    api.fail({ action: 'RunCommands' }, { code: 'UnauthorizedOperation', message: 'not allowed' }),
    api.fail(
      { action: 'ModifyCloudBaseGWPrivilege' },
      { code: 'OperationDenied.FreePackageDenied', message: '当前套餐不支持开启' },
    ),
  ];
  const run = await deploy('database', 'routes');
  for (const end of ends) end();
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(
    /^Switching HTTP access on: .*当前套餐不支持开启 \(OperationDenied\.FreePackageDenied, requestId/,
  );
  expect(run.stdout).not.toContain('users');
  expect(domain().routes.size).toBe(0);
});

test('the collection users of an earlier version is named, and not touched', async () => {
  seedUsers({ _id: 'a', nickname: '王' }, { _id: 'b', live: [], recent: [] });
  const before = api.changes().length;
  const run = await deploy('database');
  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(run.stdout).toContain(
    'Plan\n  ! The collection users holds the logins of an earlier version, which are in logins now: delete it in the console (数据库) once every phone has logged in again; nothing but logins is lost.\n' +
      '  ✓ nothing must be changed\n',
  );
  expect(since(api, before)).toEqual([]);
});

test('a function that checks tokens and is given no salt is named before anything is changed', async () => {
  const file = path.join(project.root, 'cloudbaserc.json');
  const text = await readFile(file, 'utf8');
  const orders = text.indexOf('"name": "orders"');
  const without = text.slice(orders).replace('"TOKEN_SALT": "{{env.TOKEN_SALT}}",', '');
  await writeFile(file, text.slice(0, orders) + without);
  const before = api.changes().length;
  // Somebody else's collection of that name is not mentioned.
  seedUsers({ _id: 'a', live: true });
  const run = await deploy('functions');
  await writeFile(file, text);
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(
    /^orders would answer 500: cloudbaserc\.json must give it "TOKEN_SALT"/,
  );
  expect(since(api, before)).toEqual([]);
});
