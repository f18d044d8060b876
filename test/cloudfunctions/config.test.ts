import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { settingNames } from '../../server/settings';

const root = path.resolve(__dirname, '../..');
const read = (...parts: string[]) => readFileSync(path.join(root, ...parts), 'utf8');

const triggers = v.optional(v.array(v.record(v.string(), v.string())), []);
const deployment = v.parse(
  v.object({
    functions: v.array(
      v.object({
        name: v.string(),
        triggers,
        envVariables: v.optional(v.record(v.string(), v.string()), {}),
      }),
    ),
  }),
  JSON.parse(read('cloudbaserc.json')),
);

describe('the functions’ configuration', () => {
  test('names each function there is', () => {
    const folders = readdirSync(path.join(root, 'cloudfunctions'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(deployment.functions.map(({ name }) => name).sort()).toEqual(folders.sort());
  });

  test.each(deployment.functions)(
    'has the same triggers for DevTools and the CLI: $name',
    (entry) => {
      const config: unknown = JSON.parse(read('cloudfunctions', entry.name, 'config.json'));
      expect(v.parse(v.object({ triggers }), config).triggers).toEqual(entry.triggers);
    },
  );

  test('hands each documented setting to gettoken, under its own name', () => {
    const documented = [...read('docs/server.md').matchAll(/^\| `((?:TOKEN|WX)_\w+)`/gm)].map(
      ([, name]) => name,
    );
    const gettoken = deployment.functions.find(({ name }) => name === 'gettoken');
    expect(documented.sort()).toEqual([...settingNames].sort());
    expect(Object.keys(gettoken?.envVariables ?? {}).sort()).toEqual(documented);
    for (const [name, value] of Object.entries(gettoken?.envVariables ?? {})) {
      expect(value).toBe(`{{env.${name}}}`);
      expect(read('.env.example')).toMatch(new RegExp(`^${name}=`, 'm'));
    }
  });
});
