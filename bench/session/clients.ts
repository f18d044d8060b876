import { createAlova } from 'alova';
import { createClientTokenAuthentication, createServerTokenAuthentication } from 'alova/client';
import axios, { AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import { createAuthRefresh } from 'axios-auth-refresh';
import type { BusinessFunctions } from '../../contract';
import { readSuccess } from '../../miniprogram/session/readers';
import { fieldsOf } from '../../miniprogram/session/send';
import { createSession } from '../../miniprogram/session/session';
import { LIFE, type Cloud } from './cloud';

/** One way to keep a token: makes a business call, with all that it takes. */
export type Client = (cloud: Cloud) => () => Promise<unknown>;

interface Answer {
  code: number;
  token?: string;
}

async function ask({ transport }: Cloud, name: string, token?: string): Promise<Answer> {
  const result = await transport(name, token === undefined ? {} : { token });
  if (typeof result !== 'object' || result === null || !('code' in result))
    throw new Error('shape');
  const code = Number(result.code);
  return 'token' in result ? { code, token: String(result.token) } : { code };
}

async function mint(cloud: Cloud): Promise<string> {
  const { token } = await ask(cloud, 'gettoken');
  if (token === undefined) throw new Error('no token');
  return token;
}

const ours: Client = ({ transport, clock }) => {
  let slot: unknown;
  const session = createSession<BusinessFunctions>(
    {
      transport,
      clock,
      storage: { load: () => slot, save: (value) => (slot = value) },
    },
    readSuccess,
  );
  return () => session.call('orders', {});
};

/** The client of the document the project started from, as it is: a failed gettoken forgets the call. */
const seed: Client = (cloud) => {
  let token = '';
  async function setToken(callback?: () => Promise<void>): Promise<void> {
    const answer = await ask(cloud, 'gettoken');
    if (answer.token === undefined) return setToken();
    token = answer.token;
    return callback?.();
  }
  return () =>
    new Promise((resolve) => {
      async function loadTokenData(): Promise<void> {
        const answer = await ask(cloud, 'orders', token);
        if (answer.code === 903) return setToken(loadTokenData);
        resolve(answer);
      }
      void loadTokenData();
    });
};

/** Its default lets one refresh run at a time; without that it is told to repeat each call by itself. */
const axiosAuthRefresh =
  (deduplicateRefresh: boolean): Client =>
  (cloud) => {
    let token = '';
    const instance = axios.create({
      async adapter(config: InternalAxiosRequestConfig): Promise<AxiosResponse<Answer>> {
        const data = await ask(cloud, 'orders', String(config.headers.get('token') ?? ''));
        const status = data.code === 903 ? 401 : 200;
        const response = { data, status, statusText: '', headers: {}, config };
        if (status === 200) return response;
        throw new AxiosError('refused', AxiosError.ERR_BAD_REQUEST, config, null, response);
      },
    });
    instance.interceptors.request.use((config) => {
      config.headers.set('token', token);
      return config;
    });
    const refresh = async (): Promise<void> => {
      token = await mint(cloud);
    };
    createAuthRefresh(instance, refresh, { deduplicateRefresh });
    return () => instance.post('orders');
  };

/** alova types the headers of a request as `any`. */
function tokenOf(headers: Record<string, unknown>): unknown {
  return headers.token;
}

type Authentication = Pick<
  ReturnType<typeof createServerTokenAuthentication>,
  'onAuthRequired' | 'onResponseRefreshToken'
>;

/** alova over the cloud; a 903 that reaches the caller is a failure. */
function alova(
  cloud: Cloud,
  { onAuthRequired, onResponseRefreshToken }: Authentication,
): () => Promise<unknown> {
  const instance = createAlova({
    cacheFor: null,
    shareRequest: false,
    beforeRequest: onAuthRequired(),
    responded: onResponseRefreshToken(),
    requestAdapter: (request) => ({
      response: async () =>
        Response.json(await ask(cloud, 'orders', String(tokenOf(request.headers)))),
      headers: () => Promise.resolve(new Headers()),
      abort: () => undefined,
    }),
  });
  return async () => {
    const response: unknown = await instance.Post('orders').send();
    const { code } = fieldsOf(response instanceof Response ? await response.json() : undefined);
    if (code !== 1) throw new Error(`answered ${String(code)}`);
  };
}

/** alova's mode for a server that refuses: it looks at the answers. */
const alovaServer: Client = (cloud) => {
  let token = '';
  return alova(
    cloud,
    createServerTokenAuthentication({
      assignToken(method) {
        Object.assign(method.config.headers, { token });
      },
      refreshTokenOnSuccess: {
        isExpired: async (response: Response) =>
          fieldsOf(await response.clone().json()).code === 903,
        async handler() {
          token = await mint(cloud);
        },
      },
    }),
  );
};

/** alova's mode for a client that knows when its token ends: it looks at the clock, and at no answer. */
const alovaClient: Client = (cloud) => {
  let token = '';
  let endsAt = 0;
  return alova(
    cloud,
    createClientTokenAuthentication({
      assignToken(method) {
        Object.assign(method.config.headers, { token });
      },
      refreshToken: {
        isExpired: () => cloud.clock.now() >= endsAt,
        async handler() {
          const askedAt = cloud.clock.now();
          token = await mint(cloud);
          endsAt = askedAt + LIFE * 1000;
        },
      },
    }),
  );
};

/** By the name that the table shows. */
export const clients: Record<string, Client> = {
  'this session': ours,
  'the seed': seed,
  'axios-auth-refresh': axiosAuthRefresh(true),
  'same, no dedupe': axiosAuthRefresh(false),
  'alova, server mode': alovaServer,
  'alova, client mode': alovaClient,
};
