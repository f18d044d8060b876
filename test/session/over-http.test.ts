import { overHttp } from '../../miniprogram/session/over-http';

interface Request {
  readonly method: string;
  readonly url: string;
  readonly header: Readonly<Record<string, string>>;
  readonly data: unknown;
  readonly success: (response: object) => void;
}

/** What was asked, of a server that answers this. */
function listen(response: object): Request[] {
  const asked: Request[] = [];
  const request = (options: Request): void => {
    asked.push({ ...options, data: JSON.parse(JSON.stringify(options.data)) as unknown });
    options.success(response);
  };
  Object.assign(globalThis, { wx: { request } });
  return asked;
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

test('the token goes in the body, or in the headers that a back end wants and not in the body', async () => {
  const asked = listen({ statusCode: 200, data: {} });
  await overHttp('https://a/api')('notes', { day: 1, token: 't' });
  await overHttp('https://a/api', { tokenHeader: bearer })('notes', { day: 1, token: 't' });
  await overHttp('https://a/api', { tokenHeader: bearer })('gettoken', { renews: 'old' });
  expect(asked.map(({ method, url, header, data }) => [method, url, header, data])).toEqual([
    ['POST', 'https://a/api/notes', {}, { day: 1, token: 't' }],
    ['POST', 'https://a/api/notes', { Authorization: 'Bearer t' }, { day: 1 }],
    ['POST', 'https://a/api/gettoken', {}, { renews: 'old' }],
  ]);
});

test('what was answered is put into the words of the contract, by status and by name', async () => {
  listen({ statusCode: 401, data: { error: 'expired' } });
  const transport = overHttp('https://a', {
    read: ({ statusCode, data }, name) => ({ code: statusCode === 401 ? 903 : 1, name, data }),
  });
  await expect(transport('notes', {})).resolves.toEqual({
    code: 903,
    name: 'notes',
    data: { error: 'expired' },
  });
});

test('an answer that cannot be put so is a failed call', async () => {
  listen({ statusCode: 502, data: '<html>' });
  const transport = overHttp('https://a', {
    read: () => {
      throw new TypeError('no JSON');
    },
  });
  await expect(transport('notes', {})).rejects.toThrow('no JSON');
});
