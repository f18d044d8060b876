import path from 'node:path';

const app = path.resolve(__dirname, '../../miniprogram/app.ts');

interface Launched {
  /** What `wx.cloud.init` was given. */
  inits: object[];
  /** Titles of the dialogs on screen. */
  dialogs: { title: string; content: string }[];
}

/** Launches app.ts on a phone whose `wx` has a cloud or not. */
function launch(phone: { cloud: boolean }): Launched {
  const seen: Launched = { inits: [], dialogs: [] };
  const cloud = { init: (config: object) => void seen.inits.push(config) };
  Object.assign(globalThis, {
    wx: {
      ...(phone.cloud ? { cloud } : {}),
      showModal: (dialog: Launched['dialogs'][number]) => void seen.dialogs.push(dialog),
    },
    App: ({ onLaunch }: { onLaunch: () => void }) => {
      onLaunch();
    },
  });
  jest.isolateModules(() => {
    jest.requireActual(app);
  });
  return seen;
}

afterEach(() => {
  jest.dontMock('../../miniprogram/env');
});

test('with no environment named, the default one is used', () => {
  // Not the file itself: `npm run init` writes an environment into it.
  jest.doMock('../../miniprogram/env', () => ({ envId: '', httpBase: '' }));
  const { inits, dialogs } = launch({ cloud: true });
  expect(inits).toEqual([{}]);
  expect(dialogs).toEqual([]);
});

test('the environment of env.ts is used when it names one', () => {
  jest.doMock('../../miniprogram/env', () => ({ envId: 'shop-1a2b3c', httpBase: '' }));
  expect(launch({ cloud: true }).inits).toEqual([{ env: 'shop-1a2b3c' }]);
});

test('a WeChat too old for the cloud says so instead of failing later', () => {
  const { dialogs } = launch({ cloud: false });
  expect(dialogs).toMatchObject([{ title: '微信版本过低' }]);
  expect(dialogs[0]?.content).toContain('升级');
});
