import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { startCloudApi, type CloudApi, type CloudApiOptions } from './cloud-api/cloud-api';
import type { Collection } from './cloud-api/database';
import type { Environment } from './cloud-api/environments';
import type { CloudFunction, Deployment, Settings } from './cloud-api/functions';
import { indexOn, runDeploy, seed, settings, since, timerAt, writeSettings } from './deployment';
import { copyProject, type Project } from './project';

jest.setTimeout(60_000);

let project: Project;
let api: CloudApi;

beforeAll(async () => {
  project = await copyProject();
  expect(await project.deploy(['build'], {})).toMatchObject({ status: 0 });
});

beforeEach(() => writeSettings(project, '.env', settings));

afterEach(() => api.stop());

afterAll(() => project.remove());

/** Starts a stand-in whose environment is as a deployment leaves it. */
async function deployed(options: CloudApiOptions = {}): Promise<Environment> {
  api = await startCloudApi(options);
  return seed(project, api);
}

const deploy = (...args: string[]) => runDeploy(project, api, args);

function collection({ collections }: Environment, name: string): Collection {
  const found = collections.get(name);
  if (found === undefined) throw new Error(`There is no collection ${name}.`);
  return found;
}

function changed(before: Deployment, files: Record<string, string>, changes: Partial<Settings>) {
  const added = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
  return {
    code: zipSync({ ...unzipSync(before.code), ...Object.fromEntries(added) }),
    settings: { ...before.settings, ...changes },
  };
}

/** Somebody changes what a function is made of. */
function change(
  { functions }: Environment,
  name: string,
  files: Record<string, string>,
  changes: Partial<Settings> = {},
): void {
  const found = functions.get(name);
  found.deployed = changed(found.deployed, files, changes);
}

/** What a call runs is no longer what the cloud shows. */
function changeLive(found: CloudFunction, files: Record<string, string>, salt: string): void {
  const variables = [{ Key: 'TOKEN_SALT', Value: salt }];
  found.live = changed(found.deployed, files, { variables });
}

const noZip = ({ functions }: Environment): void => {
  const gettoken = functions.get('gettoken');
  gettoken.deployed = { ...gettoken.deployed, code: strToU8('no zip') };
};

const disableTimer = ({ functions }: Environment): void => {
  const { triggers } = functions.get('cleartokens');
  triggers.set('hourly', { ...timerAt('hourly', '0 0 * * * * *'), enabled: false });
};

test('a dry run names whatever is not as declared, and changes nothing', async () => {
  const environment = await deployed();
  collection(environment, 'tokens').indexes.clear();
  collection(environment, 'orders').permission = 'READONLY';
  environment.collections.delete('users');
  change(environment, 'gettoken', { 'index.js': 'exports.main = () => 1;' });
  environment.functions
    .get('cleartokens')
    .triggers.set('hourly', timerAt('hourly', '0 30 * * * * *'));
  environment.functions.delete('orders');

  const run = await deploy('--dry-run');

  expect(run).toMatchObject({ status: 0, stderr: '' });
  for (const difference of [
    /tokens: the index expiresAt would be created/,
    /orders: the permission would become ADMINONLY, it is READONLY/,
    /users would be created, ADMINONLY/,
    /gettoken would be deployed: has the code \w{12} and not \w{12}\n/,
    /cleartokens would be deployed: has the timer hourly \(0 30 .*\) and not hourly \(0 0 /,
    /orders would be deployed: is new/,
    /Nothing was changed/,
  ]) {
    expect(run.stdout).toMatch(difference);
  }
  expect(api.changes()).toEqual([]);
});

describe('the verification', () => {
  test('passes where all is as a deployment leaves it', async () => {
    await deployed();
    expect(await deploy('verify')).toMatchObject({ status: 0, stderr: '' });
    expect(api.changes()).toEqual([]);
  });

  test.each<[string, (environment: Environment) => void, RegExp]>([
    [
      'another memory',
      (environment) => {
        change(environment, 'gettoken', {}, { memory: 128 });
      },
      /^gettoken has the memory 128 and not 256\.$/m,
    ],
    [
      'another handler',
      (environment) => {
        change(environment, 'orders', { 'other.js': '' }, { handler: 'other.main' });
      },
      /^orders has the code .*, has the handler other\.main and not index\.main\.$/m,
    ],
    [
      'a timer that is disabled',
      disableTimer,
      /^cleartokens has the timer hourly \(0 0 \* \* \* \* \*, disabled\) and not hourly \(0 0 \* \* \* \* \*\)\.$/m,
    ],
    [
      'a file that was not built',
      (environment) => {
        change(environment, 'orders', { '.env': 'A=1' });
      },
      /^orders has the code \w{12} and not \w{12} and holds \.env beside\.$/m,
    ],
    ['a package that is no zip file', noZip, /^gettoken has the code .* that is no zip file/m],
    [
      'a function that is missing',
      ({ functions }) => {
        functions.delete('cleartokens');
      },
      /^cleartokens is not there\.$/m,
    ],
    [
      'a permission that opens a collection to clients',
      (environment) => {
        collection(environment, 'orders').permission = 'READONLY';
      },
      /orders.* permission .*ADMINONLY.*READONLY/,
    ],
    [
      'an index that was dropped',
      (environment) => {
        collection(environment, 'tokens').indexes.delete('expiresAt');
      },
      /tokens.* index expiresAt/,
    ],
    [
      'a collection that is missing',
      ({ collections }) => {
        collections.delete('users');
      },
      /users would be created/,
    ],
  ])('is red for %s, by name', async (_, drift, message) => {
    drift(await deployed());
    const run = await deploy('verify');
    expect(run.status).toBe(1);
    expect(run.stderr).not.toBe('');
    expect(run.stdout + run.stderr).toMatch(message);
    expect(api.changes()).toEqual([]);
  });

  test('is red for functions that do not answer as they must', async () => {
    const { functions } = await deployed();
    changeLive(functions.get('gettoken'), {}, '');
    const odd = { 'index.js': 'exports.main = async () => ({ hello: 1 });' };
    changeLive(functions.get('orders'), odd, '');
    const run = await deploy('verify');
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/^gettoken answers 500 and not 401/m);
    expect(run.stderr).toMatch(/^orders answers something without a code and not 903/m);
  });
});

test('a package that is no zip file is replaced, also with a key that was given for a while', async () => {
  const environment = await deployed({ token: 'tokenOfAKeyForAWhile' });
  noZip(environment);
  const run = await deploy('functions', 'verify');
  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(since(api, 0)).toEqual([
    'UpdateFunctionCode gettoken',
    'UpdateFunctionConfiguration gettoken',
  ]);
});

test('a timer that is disabled is enabled again', async () => {
  disableTimer(await deployed());
  expect(await deploy('functions', 'verify')).toMatchObject({ status: 0, stderr: '' });
  expect(since(api, 0)).toEqual(['DeleteTrigger cleartokens', 'BatchCreateTrigger cleartokens']);
});

describe('the database step', () => {
  test.each([
    ['other keys', indexOn('expiresAt', false, [{ field: 'createdAt', direction: 1 }])],
    ['another direction', indexOn('expiresAt', false, [{ field: 'expiresAt', direction: -1 }])],
    ['unique values', indexOn('expiresAt', true, [{ field: 'expiresAt', direction: 1 }])],
  ])('refuses an index of the same name with %s, and removes nothing', async (_, index) => {
    const { indexes } = collection(await deployed(), 'tokens');
    indexes.set('expiresAt', index);
    const run = await deploy('database');
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(
      /^The index expiresAt of tokens is \(.+\) in the cloud and \(expiresAt 1\) in .*Remove it in the console/,
    );
    expect(api.changes()).toEqual([]);
    expect([...indexes.values()]).toEqual([index]);
  });

  test('finds a collection that more than 100 others come before', async () => {
    const { collections } = await deployed();
    const declared = [...collections];
    collections.clear();
    for (let i = 0; i < 120; i += 1) {
      collections.set(`other${i}`, { indexes: new Map(), permission: 'PRIVATE' });
    }
    for (const [name, found] of declared) collections.set(name, found);
    const run = await deploy('database');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('users is as declared');
    expect(api.calls.map(({ action }) => action)).not.toContain('CreateTable');
    expect(api.changes()).toEqual([]);
  });
});

test('settings of a mode and of the environment reach the function, whatever characters they hold', async () => {
  const { functions } = await deployed();
  const odd = `#1 $HOME '&<=>\` 中文 $& %20`;
  const salt = `Salt ${odd}`;
  const appSecret = `Secret ${odd}`;
  await writeSettings(project, '.env.prod', { TOKEN_SALT: `"${salt}"`, TOKEN_MAX_LIVE: '3' });
  const run = await runDeploy(project, api, ['functions', 'verify', '--mode', 'prod'], {
    environment: { WX_APP_SECRET: appSecret, TOKEN_MAX_LIVE: '4' },
    secrets: [salt, appSecret],
  });
  expect(run).toMatchObject({ status: 0, stderr: '' });
  const { variables } = functions.get('gettoken').deployed.settings;
  expect(Object.fromEntries(variables.map(({ Key, Value }) => [Key, Value]))).toMatchObject({
    TOKEN_SALT: salt,
    WX_APP_SECRET: appSecret,
    TOKEN_MAX_LIVE: '4',
  });
});

describe('a login with the older names', () => {
  const token = 'tokenOfAnOlderLogin';
  const write = (tmpToken: string) => {
    const { secretId, secretKey } = api;
    const older = { tmpSecretId: secretId, tmpSecretKey: secretKey, tmpToken };
    const credential = { ...older, tmpExpired: Date.now() + 7_200_000 };
    const file = path.join(api.home, '.config/.cloudbase/auth.json');
    return writeFile(file, JSON.stringify({ credential }));
  };

  test('is used, with its token', async () => {
    api = await startCloudApi({ token });
    await write(token);
    expect(await deploy('check')).toMatchObject({ status: 0, stderr: '' });
    expect(api.calls.map(({ action }) => action)).toContain('DescribeEnvs');
  });

  test('whose token is not good any longer is refused', async () => {
    api = await startCloudApi({ token });
    await write('another');
    const run = await deploy('check');
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/AuthFailure\.TokenFailure.*Log in again: `npx tcb login`\./);
  });
});

test.each<[string, (environment: Environment) => void, RegExp]>([
  [
    'is not in order',
    (environment) => {
      environment.status = 'UNAVAILABLE';
    },
    /^The environment test-1 is UNAVAILABLE: see to it in the console, and run this again\.\n$/,
  ],
  [
    'has no database',
    (environment) => {
      environment.hasDatabase = false;
    },
    /^The environment test-1 has no document database yet: open 数据库 in the console once, and run this again\.\n$/,
  ],
])('an environment that %s is refused, with a way on', async (_, spoil, message) => {
  spoil(await deployed());
  const run = await deploy('check', 'database', 'functions');
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(message);
  expect(api.changes()).toEqual([]);
});

describe.each([
  ['', settings.TOKEN_SALT],
  [' that looks like a name', 'MZXW6YTBOI2DGNBVGY3TQOJQ='],
])('a salt%s', (_, salt) => {
  test.each([
    ['after a colon', `ENV_ID=test-1\nTOKEN_SALT: ${salt}\n`],
    ['after a colon, before another line', `TOKEN_SALT: ${salt}\nENV_ID=test-1\n`],
    ['on a line of its own', `TOKEN_SALT=\n${salt}\nENV_ID=test-1\n`],
  ])('%s of .env is refused, and not told', async (_, text) => {
    api = await startCloudApi();
    await writeFile(path.join(project.root, '.env'), text);
    const secrets = [salt, salt.replace('=', '')];
    const run = await runDeploy(project, api, ['check'], { secrets });
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/TOKEN_SALT is not set|\.env: .*is not a setting/);
    expect(api.calls).toEqual([]);
  });
});

describe('SIGTERM', () => {
  /** Deploys until a call of this action is held, which is never answered, and ends the process then. */
  async function interrupt(held: string, spoil: (environment: Environment) => void) {
    let reached = (): void => undefined;
    const holding = new Promise<void>((resolve) => (reached = resolve));
    const environment = await deployed({
      onCall: ({ action }) => {
        if (action === held) reached();
      },
    });
    spoil(environment);
    api.fail({ action: held, function: 'gettoken' }, 'hang');
    const run = await runDeploy(project, api, ['functions'], {
      started: (child) => void holding.then(() => child.kill('SIGTERM')),
    });
    expect(run.status).toBe(143);
    expect(run.stderr).toMatch(/^Interrupted\b[^\n]*\n$/);
    // No process goes on without it.
    await api.idle();
    expect(api.changes()).toEqual([]);
    const left = await readdir(path.join(api.home, 'tmp'));
    // tsx keeps what it compiled.
    expect(left.filter((name) => !name.startsWith('tsx-'))).toEqual([]);
  }

  // Each ends sooner than a client gives up by itself, which is after a minute.
  test('ends a deployment that waits for the CLI, and the CLI; nothing is changed any more', async () => {
    await interrupt('CreateFunction', (environment) => {
      // What it would go on to: another upload, and a timer.
      for (const name of ['gettoken', 'orders']) environment.functions.delete(name);
      disableTimer(environment);
    });
  }, 30_000);

  test('ends a deployment that waits for the cloud; nothing is changed any more', async () => {
    await interrupt('GetFunction', disableTimer);
  }, 30_000);
});
