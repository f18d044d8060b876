import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { childEnvironment, writeHome, type KeyPair } from './account';
import { answerCall, type ApiCall } from './answer';
import { databaseActions } from './database';
import { createEnvironment, environmentActions, find, type Environment } from './environments';
import { createFaults, type Fault, type Match } from './faults';
import { answerHttp } from './gateway';
import type { Service } from './protocol';
import { makeCertificates, startProxy, type Certificates, type Refusal } from './proxy';
import { routeActions } from './routes';
import { createRunner, type Answer, type Runner } from './run';
import { scfActions } from './scf';

export interface CloudApiOptions {
  /** The environments that the account has. Default: one, `test-1`. */
  readonly envIds?: readonly string[];
  /** Whether the CLI's home folder holds a login. Default: it does. */
  readonly login?: boolean;
  /** The key that the login holds, where it is not the account's own. */
  readonly loginAs?: KeyPair;
  /** What the account's key is good with only, and the login holds. Default: it needs none. */
  readonly token?: string;
  /** Unix ms. Default: Date.now. */
  readonly clock?: () => number;
  /** Hears of each call. */
  readonly onCall?: (call: ApiCall) => void;
}

/** Tencent's cloud API on this machine, for the processes that are given its environment. */
export interface CloudApi {
  /** What a child process needs to talk to it instead of the cloud; laid over its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** The account's key. */
  readonly secretId: string;
  readonly secretKey: string;
  /** The home folder that the environment names. */
  readonly home: string;
  readonly environments: ReadonlyMap<string, Environment>;
  /** Every call so far, the refused ones too. */
  readonly calls: readonly ApiCall[];
  /** The functions whose packages were downloaded so far, each as often as it was. */
  readonly downloads: readonly string[];
  /** The requests that came to domains of HTTP access so far, such as `POST https://api.example.com/a`. */
  readonly requests: readonly string[];
  /** Of the calls, what was done and changed something. */
  changes(): readonly ApiCall[];
  /** Requests to anywhere else, such as telemetry: none was let through. */
  readonly refused: readonly Refusal[];
  /** Makes calls go wrong. @returns Ends that. */
  fail(match: Match, fault: Fault): () => void;
  /** Calls an uploaded function as a mini program of this user does; `null` for nobody. */
  call(name: string, event: unknown, openid: string | null): Promise<Answer>;
  /** Comes once no process is connected. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

const account: KeyPair = {
  secretId: 'AKIDofTheStandInOfTheCloudApi0000000',
  secretKey: 'keyOfTheStandInOfTheCloudApi00000',
};
/** Where the CLI tells how it is used. */
const telemetryHost = 'otheve.beacon.qq.com';
const codeHost = 'code-1300000001.cos.ap-shanghai.myqcloud.com';
/** A domain of the project's owner; tests bind it to HTTP access. */
export const customDomain = 'api.example.com';
const gatewayHosts = ['*.ap-shanghai.app.tcloudbase.com', customDomain];
const hosts = ['*.tencentcloudapi.com', codeHost, telemetryHost, ...gatewayHosts];
/** The same for all stand-ins: a client that outlives one takes no other authority. */
let certificates: Promise<Certificates> | undefined;
const changing = /^(?:Create|Update|Delete|Modify|Batch)/;

/** Starts the stand-in; nothing it does leaves 127.0.0.1. */
export async function startCloudApi(options: CloudApiOptions = {}): Promise<CloudApi> {
  const { envIds = ['test-1'], login = true, clock = Date.now, token } = options;
  const key: KeyPair = token === undefined ? account : { ...account, token };
  const folder = await mkdtemp(path.join(tmpdir(), 'token-loop-cloud-api-'));
  const home = path.join(folder, 'home');
  const environments = new Map(envIds.map((envId) => [envId, createEnvironment(envId, clock)]));
  const runners = createRunners(folder);
  const faults = createFaults();
  const calls: ApiCall[] = [];
  const downloads: string[] = [];
  const requests: string[] = [];
  const services = servicesOf(environments, runners.of);

  const keyOf = (secretId: string) => (secretId === key.secretId ? key : undefined);
  const record = (call: ApiCall): void => {
    calls.push(call);
    options.onCall?.(call);
  };
  const { authority, server } = await (certificates ??= makeCertificates(hosts));
  const proxy = await startProxy(hosts, server, (request, response) => {
    const { host } = request.headers;
    if (host === codeHost) downloads.push(sendCode(request.url ?? '', environments, response));
    else if (host === telemetryHost) void refuse(request, response, proxy.refused);
    else if (host === customDomain || host?.endsWith('.app.tcloudbase.com') === true) {
      requests.push(`${request.method ?? ''} https://${host}${request.url ?? ''}`);
      void answerHttp(request, response, environments, runners.of);
    } else void answerCall(request, response, { services, keyOf, faults, clock, record });
  });
  const authorityFile = path.join(folder, 'authority.pem');
  await writeFile(authorityFile, authority);
  await writeHome(home, login ? (options.loginAs ?? key) : undefined, clock());

  return {
    ...account,
    environment: childEnvironment(proxy.url, authorityFile, home),
    home,
    environments,
    calls,
    downloads,
    requests,
    changes: () =>
      calls.filter(({ action, failed }) => changing.test(action) && failed === undefined),
    refused: proxy.refused,
    fail: (match, fault) => faults.add(match, fault),
    call: async (name, event, openid) => {
      const [environment] = environments.values();
      if (environment === undefined) throw new Error('The account has no environment.');
      return runners.of(environment).call(name, JSON.stringify(event), openid);
    },
    idle: () => proxy.idle(),
    stop: async () => {
      await proxy.stop();
      await runners.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function servicesOf(
  environments: ReadonlyMap<string, Environment>,
  runnerOf: (environment: Environment) => Runner,
): Readonly<Record<string, Service>> {
  const inTcb = (envId: string) => find(environments, envId, 'ResourceNotFound');
  return {
    tcb: {
      version: '2018-06-08',
      actions: {
        ...environmentActions(environments, inTcb),
        ...databaseActions(inTcb),
        ...routeActions(inTcb),
      },
    },
    scf: {
      version: '2018-04-16',
      actions: scfActions({
        environmentOf: (namespace) => find(environments, namespace, 'ResourceNotFound.Namespace'),
        runnerOf,
        downloadUrl: ({ envId }, name) => `https://${codeHost}/${envId}/${name}.zip?sign=once`,
      }),
    },
  };
}

/** One runner for each environment, started when the first call asks for it. */
function createRunners(folder: string): {
  readonly of: (environment: Environment) => Runner;
  stop(): Promise<void>;
} {
  const runners = new Map<Environment, Runner>();
  return {
    of(environment) {
      const runner =
        runners.get(environment) ?? createRunner(environment, path.join(folder, environment.envId));
      runners.set(environment, runner);
      return runner;
    },
    async stop() {
      for (const runner of runners.values()) await runner.stop();
    },
  };
}

/** Listens to the end, so that a test can look for what must not leave. */
async function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  refused: Refusal[],
): Promise<void> {
  const { url = '', headers } = request;
  const parts = [url, JSON.stringify(headers), await text(request)];
  refused.push({ host: headers.host ?? '', text: parts.join('\n') });
  response.writeHead(403).end();
}

/** @returns The function's name. */
function sendCode(
  url: string,
  environments: ReadonlyMap<string, Environment>,
  response: ServerResponse,
): string {
  const [, envId = '', name = ''] = /^\/([^/]+)\/([^/]+)\.zip\?/.exec(url) ?? [];
  const functions = environments.get(envId)?.functions.list() ?? [];
  const found = functions.find((one) => one.name === name);
  if (found === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': 'application/zip' }).end(found.deployed.code);
  return name;
}
