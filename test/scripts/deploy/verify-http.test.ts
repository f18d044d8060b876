import { openApi } from '../../../scripts/deploy/api';
import { verifyHttp } from '../../../scripts/deploy/verify-http';

const api = openApi({ secretId: 'id', secretKey: 'key' }, 'test-1', new AbortController().signal);
const route = { path: '/api/write', passesWholePath: false, wantsAuth: false, limit: undefined };
const routes = [{ ...route, functionName: 'write' }];
const smokeCalls = [{ function: 'write', event: {}, code: 903 }];

const verify = (isOn: boolean, isEnabled: boolean, upstreamName: string) => {
  const found = { ...route, isEnabled: true, upstreamType: 'SCF', upstreamName };
  const domain = { name: 'api.example.com', isDefault: false, isEnabled, routes: [found] };
  const seen = { isServing: true, domains: [domain] };
  return verifyHttp(api, { isOn, routes }, seen, smokeCalls, true);
};

test('calls nothing while HTTP access is off', async () => {
  expect(await verify(false, true, 'write')).toEqual({
    facts: ['HTTP access is off: no declared route leads to its function'],
    faults: [],
  });
});

test.each([
  ['is disabled', false, 'write'],
  ['leads elsewhere', true, 'shop'],
])('a domain that %s serves nobody, and that is told', async (_, isEnabled, upstreamName) => {
  const fault =
    'No domain serves the routes: enable one in the console (HTTP 访问服务) of api.example.com.';
  expect(await verify(true, isEnabled, upstreamName)).toEqual({ facts: [], faults: [fault] });
});
