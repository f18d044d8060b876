import path from 'node:path';
import { startLocalCloud } from 'cloudbase-local';
import { compile } from '../../scripts/devtools/compile';
import type { Language } from './document';
import { makeHost } from './host';
import { openPage, phoneOf } from './phone';

// Run by `npm run check:devtools`, which brings WeChat's compiler.
jest.setTimeout(300_000);

const openid = 'oHost_000000000000000000000001';

test.each<[Language, string, object]>([
  ['JavaScript', 'profile', { name: '小明' }],
  ['TypeScript', 'tasks', { tasks: ['买菜'] }],
])(
  'the project in %s, its package packed and itself compiled by WeChat, turns the loop',
  async (language, name, shown) => {
    const host = makeHost(language);
    const { root } = host;
    const { faults, files } = await compile(root, { 'project.config.json': 'projectconfig' });
    expect(faults).toEqual([]);
    expect(Object.keys(files)).toContain('miniprogram_npm/token-loop-session/index.js');
    expect(Object.keys(files).join('\n')).not.toMatch(/token-loop-server|wx-server-sdk/);

    const dataDir = path.join(root, '.local-cloud');
    const cloud = await startLocalCloud({ root, dataDir, port: 0, log: () => undefined });
    const storage = new Map<string, unknown>();
    const { wx, takeCalled } = phoneOf(cloud.url, openid, storage);
    const page = openPage((file) => files[`${file}.js`], 'pages/index/index', wx);
    await page.run('onLoad');
    expect(page.data).toMatchObject({ ...shown, message: '' });
    storage.clear();
    await page.run('load');
    expect(takeCalled()).toEqual(['gettoken', name, name]);
    await cloud.close();
    host.remove();
  },
);
