import { createAlova } from 'alova';
import { createServerTokenAuthentication } from 'alova/client';
import axios, { AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import { createAuthRefresh } from 'axios-auth-refresh';
import { fieldsOf } from '../../miniprogram/session/answers';
import { createSession } from '../../miniprogram/session/session';
import type { Cloud } from './cloud';

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
  const session = createSession({
    transport,
    clock,
    storage: { load: () => slot, save: (value) => (slot = value) },
  });
  return () => session.call('orders', {});
};

/** The loop of the document the project started from: ask again, whatever it takes. */
const seed: Client = (cloud) => {
  let token = '';
  async function renew(): Promise<void> {
    const answer = await ask(cloud, 'gettoken');
    if (answer.token === undefined) return renew();
    token = answer.token;
  }
  return async function load(): Promise<unknown> {
    const answer = await ask(cloud, 'orders', token);
    if (answer.code !== 903) return answer;
    await renew();
    return load();
  };
};

const axiosAuthRefresh: Client = (cloud) => {
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
  createAuthRefresh(instance, async () => {
    token = await mint(cloud);
  });
  return () => instance.post('orders');
};

/** alova types the headers of a request as `any`. */
function tokenOf(headers: Record<string, unknown>): unknown {
  return headers.token;
}

const alova: Client = (cloud) => {
  let token = '';
  const { onAuthRequired, onResponseRefreshToken } = createServerTokenAuthentication({
    assignToken(method) {
      Object.assign(method.config.headers, { token });
    },
    refreshTokenOnSuccess: {
      isExpired: async (response) => fieldsOf(await response.clone().json()).code === 903,
      async handler() {
        token = await mint(cloud);
      },
    },
  });
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
  return () => instance.Post('orders').send();
};

/** By the name that the table shows. */
export const clients: Record<string, Client> = {
  'this session': ours,
  'the seed': seed,
  'axios-auth-refresh': axiosAuthRefresh,
  alova,
};
