import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readFunctions } from 'cloudbase-local/project';
import * as v from 'valibot';
import {
  inheritedVariables,
  startCommandProcess,
  type CommandProcess,
} from '../command-process/command-process';
import { startCloudApi, type CloudApi } from './cloud-api/cloud-api';
import { repository, tcb } from './cloud-api/clients';
import { codeHash, type CloudFunction } from './cloud-api/functions';

jest.setTimeout(120_000);

let api: CloudApi;

const salt = 'salt-of-the-stand-in-0123456789';
const deployAll = ['fn', 'deploy', '--all', '--yes', '--deployMode', 'zip'];

function run(args: readonly string[], tokenSalt = salt) {
  return tcb(args, {
    cwd: repository,
    environment: { ...api.environment, ENV_ID: 'test-1', TOKEN_SALT: tokenSalt },
  });
}

let commands: CommandProcess | undefined;
afterAll(() => commands?.stop());

/** Makes the calls of manager-calls.ts, in another process: a running one trusts no other authority. */
async function manage(
  key: { secretId: string; secretKey: string },
  envId = 'test-1',
): Promise<Record<string, unknown>> {
  const environment = { ...inheritedVariables(), ...api.environment };
  commands ??= startCommandProcess(environment);
  const { stdout } = await commands.run({
    command: 'manager-calls',
    root: repository,
    args: [envId, key.secretId, key.secretKey],
    cwd: repository,
    environment,
  });
  return v.parse(v.record(v.string(), v.unknown()), JSON.parse(stdout));
}

const deployed = () => api.environments.get('test-1')?.functions.list() ?? [];

const statuses = () =>
  deployed()
    .map(({ name, status }) => `${name} ${status}`)
    .sort();

function functionOf(name: string): CloudFunction {
  const found = deployed().find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} was not deployed`);
  return found;
}

const storedLogin = () => readFile(path.join(api.home, '.config/.cloudbase/auth.json'), 'utf8');

describe('an account', () => {
  beforeAll(async () => {
    api = await startCloudApi({ login: false });
  });
  afterAll(() => api.stop());

  test('is logged in to by the real CLI, with its own key only', async () => {
    const wrong = await run(['login', '--apiKeyId', 'AKIDwrong', '--apiKey', 'wrong']);
    expect(wrong.status).toBe(1);
    const right = await run(['login', '--apiKeyId', api.secretId, '--apiKey', api.secretKey]);
    expect(right.status).toBe(0);

    const byCli = await storedLogin();
    await api.stop();
    api = await startCloudApi();
    expect(await storedLogin()).toBe(byCli);
  });

  test('is deployed to by the real CLI', async () => {
    expect(await run(deployAll)).toMatchObject({ status: 0 });
    const declared = (await readFunctions(repository)).map(({ name }) => `${name} Active`);
    expect(statuses().sort()).toEqual(declared.sort());
  });

  test('answers the real manager-node, and runs what was uploaded', async () => {
    const answers = await manage(api);

    const { code } = functionOf('gettoken').deployed;
    expect(answers).toMatchObject({
      create: { IsCreated: true },
      'create again': { IsCreated: false },
      'other index': { code: 'FailedOperation' },
      describe: { IndexNum: 2, Indexes: [{ Name: 'expiry', Unique: false }, { Name: '_id_' }] },
      'permission now': { AclTag: 'ADMINONLY' },
      'unknown parameter': { code: 'UnknownParameter' },
      'unknown action': { code: 'InvalidAction' },
      detail: {
        Status: 'Active',
        Runtime: 'Nodejs24.11',
        Timeout: 60,
        Triggers: [{ TriggerName: 'hourly', TriggerDesc: '{"cron":"0 0 * * * * *"}' }],
      },
      code: { CodeSha256: codeHash(code) },
      invoke: {
        InvokeResult: 0,
        RetMsg: '{"code":401,"msg":"没有识别到微信身份：登录凭证缺失或无效"}',
      },
    });
    expect(answers['index again']).not.toHaveProperty('code');
    expect(await api.call('gettoken', {}, 'oSomebody')).toMatchObject({ result: { code: 1 } });
  });

  test('is updated by the real CLI, which tells nobody else a secret', async () => {
    const ids = deployed().map(({ id }) => id);
    const before = api.changes().length;
    const newSalt = 'another-salt-of-the-stand-in-0123';

    expect(await run(deployAll, newSalt)).toMatchObject({ status: 0 });

    expect(deployed().map(({ id }) => id)).toEqual(ids);
    const changes = api.changes().slice(before);
    expect(changes.map(({ action }) => action).sort()).toEqual([
      'BatchCreateTrigger',
      ...ids.map(() => 'UpdateFunctionCode'),
      ...ids.map(() => 'UpdateFunctionConfiguration'),
    ]);
    const { variables } = functionOf('gettoken').deployed.settings;
    expect(variables).toContainEqual({ Key: 'TOKEN_SALT', Value: newSalt });
    const elsewhere = JSON.stringify(api.refused);
    for (const secret of [api.secretKey, salt, newSalt]) expect(elsewhere).not.toContain(secret);
  });
});

describe('a failure', () => {
  beforeEach(async () => {
    api = await startCloudApi();
  });
  afterEach(() => api.stop());

  // Why deploying takes more than the CLI.
  test('of every function leaves the CLI with exit code 0', async () => {
    api.fail(
      { action: 'CreateFunction', function: 'orders' },
      { code: 'LimitExceeded.Function', message: 'no more' },
    );
    api.fail(
      { action: 'CreateFunction', function: 'gettoken' },
      { status: 'CreateFailed', reason: 'broken' },
    );
    const others = (await readFunctions(repository)).map(({ name }) => name);
    for (const name of others.filter((each) => !['orders', 'gettoken'].includes(each))) {
      api.fail({ action: 'CreateFunction', function: name }, 'down');
    }

    const { status, output } = await run(deployAll);

    expect(status).toBe(0);
    for (const cause of ['LimitExceeded.Function', 'broken', 'socket'])
      expect(output).toContain(cause);
    expect(statuses()).toEqual(['gettoken CreateFailed']);
    expect(api.changes()).toEqual([
      { service: 'scf', action: 'CreateFunction', functionName: 'gettoken' },
    ]);
  });

  test('that loses an answer comes after the work, one of the connection before it', async () => {
    api.fail({ action: 'CreateTable', nth: 1 }, 'lost');
    api.fail({ action: 'CreateTable', nth: 2 }, 'down');

    const answers = await manage(api);

    expect(answers).toMatchObject({ 'create again': { IsCreated: false } });
    for (const name of ['create', 'create logins']) {
      expect(answers[name]).not.toHaveProperty('IsCreated');
    }
    expect([...(api.environments.get('test-1')?.collections.keys() ?? [])]).toEqual(['tokens']);
  });

  test('of the key or of the environment is told in the words of the cloud', async () => {
    const { secretId, secretKey } = api;
    expect(await manage({ secretId, secretKey: 'wrong' })).toMatchObject({
      create: { code: 'AuthFailure.SignatureFailure' },
    });
    expect(await manage({ secretId: 'AKIDwrong', secretKey })).toMatchObject({
      create: { code: 'AuthFailure.SecretIdNotFound' },
    });
    expect(await manage(api, 'elsewhere')).toMatchObject({ create: { code: 'ResourceNotFound' } });
    expect(api.changes()).toEqual([]);
  });
});
