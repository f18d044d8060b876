import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { startCloudApi, type CloudApi, type CloudApiOptions } from './cloud-api/cloud-api';
import type { Collection } from './cloud-api/database';
import { runDeploy, settings, since, writeSettings } from './deployment';
import type { Run } from '../command-process/protocol';
import { copyProject, type Project } from './project';

jest.setTimeout(180_000);

const openid = 'oDeployedUser_00000000000001';
let project: Project;
const apis: CloudApi[] = [];

async function startApi(options: CloudApiOptions = {}): Promise<CloudApi> {
  const api = await startCloudApi({ envIds: ['test-1'], ...options });
  apis.push(api);
  return api;
}

beforeAll(async () => {
  project = await copyProject();
  await writeSettings(project, '.env', settings);
});

afterEach(async () => {
  for (const api of apis.splice(0)) await api.stop();
});

afterAll(() => project.remove());

const deploy = (api: CloudApi, ...args: string[]): Promise<Run> => runDeploy(project, api, args);

/** In a process of its own, as `npm run deploy`. */
const spawnDeploy = (api: CloudApi): Promise<Run> =>
  runDeploy(project, api, [], { started: () => undefined });

describe('a deployment', () => {
  test('sets up an empty environment whole; repeated, it changes nothing; after a change, only what changed', async () => {
    const api = await startApi();
    await litter();

    const dry = await deploy(api, '--dry-run');
    expect(dry).toMatchObject({ status: 0, stderr: '' });
    expect(dry.stdout).toContain('collection tokens is not there → create');
    expect(dry.stdout).toContain('gettoken is not there → deploy');
    expect(dry.stdout).toContain('Nothing was changed');
    expect(api.changes()).toEqual([]);

    const first = await spawnDeploy(api);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toMatch(/orders answers 903\n(?:.+\n)*test-1: \d+ changes, verified\.\n$/);
    expect(database(api)).toEqual(
      expect.arrayContaining([
        'tokens ADMINONLY expiresAt(expiresAt 1)',
        'logins ADMINONLY',
        'orders ADMINONLY openid_createdAt_id(openid 1, createdAt -1, _id -1)',
      ]),
    );
    const uploaded = ['config.json', 'index.js', 'package.json'];
    const common = { runtime: 'Nodejs24.11', handler: 'index.main', memory: 256, files: uploaded };
    expect(functions(api)).toEqual(
      expect.arrayContaining([
        { name: 'cleartokens', ...common, timeout: 60, triggers: ['hourly 0 0 * * * * *'] },
        { name: 'gettoken', ...common, timeout: 10, triggers: [] },
        { name: 'orders', ...common, timeout: 10, triggers: [] },
      ]),
    );
    expect(await call(api, 'orders', { token: await mint(api) })).toEqual({ code: 1, orders: [] });
    expect(await call(api, 'orders', { token: 'A'.repeat(43) })).toMatchObject({ code: 903 });

    const afterFirst = api.changes().length;
    const second = await deploy(api);
    expect(second).toMatchObject({ status: 0, stderr: '' });
    expect(second.stdout).toContain('test-1: nothing had to be changed, verified.');
    expect(since(api, afterFirst)).toEqual([]);

    const token = await mint(api);
    await appendFile(
      path.join(project.root, 'cloudfunctions/orders/src/index.ts'),
      "\nexport const version = 'second';\n",
    );
    const afterSecond = api.changes().length;
    const end = api.fail(
      { action: 'UpdateFunctionCode' },
      { code: 'LimitExceeded.Code', message: '代码包超出限制' },
    );
    const refused = await deploy(api);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(
      /^orders has the code \w{12} and not \w{12}\.\n +tcb: .*代码包超出限制/,
    );
    expect(since(api, afterSecond)).toEqual([]);
    end();
    const changed = await deploy(api);
    expect(changed).toMatchObject({ status: 0, stderr: '' });
    expect(changed.stdout).toContain('test-1: 1 change, verified.');
    expect(since(api, afterSecond)).toEqual([
      'UpdateFunctionCode orders',
      'UpdateFunctionConfiguration orders',
    ]);
    expect(await call(api, 'orders', { token })).toEqual({ code: 1, orders: [] });
  });

  test('that fails half way says what failed and exits 1; later ones complete what it left', async () => {
    let endDown: (() => void) | undefined;
    const api = await startApi({
      onCall({ action, failed }) {
        // From the first function on, the network is down.
        if (action === 'CreateFunction' && failed === undefined) endDown ??= api.fail({}, 'down');
      },
    });
    const endIndex = api.fail(
      { action: 'UpdateTable' },
      { code: 'LimitExceeded.Index', message: '索引数量超出限制' },
    );
    const index = await deploy(api);
    expect(index.status).toBe(1);
    expect(index.stderr).toMatch(
      /^Creating the index expiresAt of tokens: .*索引数量超出限制 \(LimitExceeded\.Index, requestId [\w-]+\)\.\n$/,
    );
    expect(since(api, 0)).toEqual(['CreateTable', 'ModifyDatabaseACL']);
    endIndex();

    const endOthers = ['orders', 'gettoken'].map((name) =>
      api.fail({ action: 'CreateFunction', function: name }, 'down'),
    );
    const down = await deploy(api);
    expect(down.status).toBe(1);
    expect(down.stderr).toMatch(
      /^Reading the function gettoken: .*The cloud cannot be reached: check the network/,
    );
    endDown?.();
    for (const end of endOthers) end();

    const endCreate = api.fail(
      { action: 'CreateFunction', function: 'orders' },
      { status: 'CreateFailed', reason: '内部系统错误' },
    );
    const endTrigger = api.fail(
      { action: 'BatchCreateTrigger' },
      { code: 'LimitExceeded.Timer', message: '定时触发器数量超出限制' },
    );
    const half = await deploy(api);
    expect(half.status).toBe(1);
    expect(half.stdout).toContain('gettoken deployed');
    expect(half.stderr).toMatch(/^orders is CreateFailed \(.*内部系统错误\) and not Active\./m);
    expect(half.stderr).toMatch(/^Setting the timers of cleartokens: .*定时触发器数量超出限制/m);
    expect(half.stderr).not.toContain('gettoken');
    endCreate();
    endTrigger();

    const before = api.changes().length;
    const last = await deploy(api);
    expect(last).toMatchObject({ status: 0, stderr: '' });
    expect(since(api, before)).toEqual([
      'DeleteFunction orders',
      'CreateFunction orders',
      'BatchCreateTrigger cleartokens',
    ]);
    expect(await call(api, 'orders', { token: await mint(api) })).toEqual({ code: 1, orders: [] });
  });
});

describe('before anything is sent, a deployment refuses', () => {
  test.each([
    [
      'no login',
      { login: false },
      [],
      /^The CloudBase CLI is not logged in\. Log in with `npx tcb login`/,
    ],
    [
      'a wrong key',
      { loginAs: { secretId: 'AKIDofNobody', secretKey: 'keyOfNobody' } },
      [],
      /^Reading the environments of this account: .*\(AuthFailure\.\w+, requestId .*Log in again: `npx tcb login`\./,
    ],
    [
      'an environment that the account does not have',
      {},
      ['--env', 'test-9'],
      /^This account has no environment test-9; it has: test-1\./,
    ],
    [
      'a step that there is not',
      {},
      ['publish'],
      /^There is no step publish; the steps are check,/,
    ],
    ['an option that there is not', {}, ['--force'], /^Unknown option '--force'/],
  ])('%s, with a way on', async (_, options, args, message) => {
    const api = await startApi(options);
    const run = await deploy(api, ...args);
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(message);
    expect(api.changes()).toEqual([]);
  });

  test('an option that npm kept to itself', async () => {
    const api = await startApi();
    const kept = { ...api.environment, npm_config_dry_run: 'true' };
    const { status, stderr } = await project.spawnDeploy([], kept);
    expect(status).toBe(1);
    expect(stderr).toContain('Put -- before the options: npm run deploy -- --dry-run');
    expect(api.calls).toEqual([]);
  });

  test('a login that has run out and that the CLI cannot renew', async () => {
    const api = await startApi();
    const file = path.join(api.home, '.config/.cloudbase/auth.json');
    const past = Date.now() - 1000;
    const { secretId, secretKey } = api;
    const keys = { secretId, secretKey, token: 'token', refreshToken: 'refreshToken' };
    const credential = { ...keys, accessTokenExpired: past, expired: past };
    await writeFile(file, JSON.stringify({ credential }));
    const run = await deploy(api);
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/^The login of the CloudBase CLI has run out\. Log in with/);
  });
});

/** What a developer's folder gathers, and no upload may hold. */
async function litter(): Promise<void> {
  const folder = path.join(project.root, 'cloudfunctions/gettoken');
  await mkdir(path.join(folder, 'node_modules/left-pad'), { recursive: true });
  const files = [
    '.env',
    '.DS_Store',
    'index.js.map',
    'index.test.ts',
    'node_modules/left-pad/index.js',
  ];
  for (const file of files) await writeFile(path.join(folder, file), settings.TOKEN_SALT);
}

async function call(api: CloudApi, name: string, event: object): Promise<unknown> {
  const answer = await api.call(name, event, openid);
  return 'result' in answer ? answer.result : answer;
}

async function mint(api: CloudApi): Promise<string> {
  const answer = await call(api, 'gettoken', {});
  if (typeof answer === 'object' && answer !== null && 'token' in answer)
    return String(answer.token);
  throw new Error(`No token: ${JSON.stringify(answer)}`);
}

function database(api: CloudApi): string[] {
  const collections = api.environments.get('test-1')?.collections ?? new Map<string, Collection>();
  return [...collections].map(([name, { permission, indexes }]) => {
    const keys = [...indexes.values()].map(({ IndexName, MgoKeySchema }) => {
      const parts = MgoKeySchema.MgoIndexKeys.map((key) => `${key.Name} ${key.Direction}`);
      return ` ${IndexName}(${parts.join(', ')})`;
    });
    return `${name} ${permission}${keys.join('')}`;
  });
}

function functions(api: CloudApi): object[] {
  const list = api.environments.get('test-1')?.functions.list() ?? [];
  const sorted = [...list].sort((one, other) => (one.name < other.name ? -1 : 1));
  return sorted.map(({ name, runtime, deployed, triggers }) => ({
    name,
    runtime,
    handler: deployed.settings.handler,
    memory: deployed.settings.memory,
    timeout: deployed.settings.timeout,
    triggers: [...triggers.values()].map((timer) => `${timer.name} ${timer.description}`),
    files: Object.keys(unzipSync(deployed.code)).sort(),
  }));
}
