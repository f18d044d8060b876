import * as v from 'valibot';
import { editJson, insertBehind, newFile, type Edit } from './edit';

const fields = v.record(v.string(), v.unknown());
const declared = v.object({ functions: v.array(fields) });

/** What a protected cloud function needs: its types, its handler, its folder, its declaration, and a test. */
export function planFunction(name: string): Edit[] {
  const Name = name.charAt(0).toUpperCase() + name.slice(1);
  const folder = `cloudfunctions/${name}`;
  return [
    newFile(
      `server/${name}.ts`,
      `import type { ${Name}Success } from '../contract';
import type { Protected } from './guard';

const fields = {};

/** The function \`${name}\`: tells the time of the server. */
export const ${name}: Protected<typeof fields, ${Name}Success> = {
  fields,
  readsOnly: true,
  handle: (_request, _session, { now }) =>
    Promise.resolve({ code: 1, time: Math.floor(now() / 1000) }),
};
`,
    ),
    newFile(
      `${folder}/src/index.ts`,
      `import { guard } from '../../../server/guard';
import { ${name} } from '../../../server/${name}';
import { serve } from '../../../server/serve';
import { openCloud } from '../../../server/wx-cloud';

export const main = serve('${name}', openCloud(), guard(${name}));
`,
    ),
    newFile(
      `${folder}/package.json`,
      JSON.stringify({ name, version: '0.1.0', private: true, main: 'index.js' }),
    ),
    newFile(`${folder}/config.json`, '{"permissions":{"openapi":[]}}'),
    newFile(
      `test/server/${name}.built.test.ts`,
      `import { withTestCloud } from './test-cloud';

const openid = 'o${Name}_000000000000000001';

test('${name} answers who presents a good token, and nobody else', async () => {
  await withTestCloud({}, async (cloud) => {
    const { token } = await cloud.mint(openid);
    const time = Math.floor(cloud.clock.now() / 1000);
    expect(await cloud.call('${name}', { token }, openid)).toEqual({ code: 1, time });
    expect(await cloud.call('${name}', {}, openid)).toMatchObject({ code: 903 });
  });
});
`,
    ),
    insertBehind(
      'contract/index.ts',
      /(?=\/\*\* Business functions:)/,
      `/** Asks \`${name}\`. */
export type ${Name}Request = Record<string, never>;

export interface ${Name}Success {
  code: 1;
  /** The time of the server, in Unix seconds. */
  time: number;
}

`,
    ),
    insertBehind(
      'contract/index.ts',
      /export interface BusinessFunctions \{\n/,
      `  ${name}: { request: ${Name}Request; success: ${Name}Success };\n`,
    ),
    insertBehind(
      'miniprogram/session/readers.ts',
      /export const readSuccess: [^=]*= \{\n/,
      `  ${name}: ({ time }) => (isNumber(time) ? { code: 1, time } : undefined),\n`,
    ),
    editJson('cloudbaserc.json', (json) => {
      const { functions } = v.parse(declared, json);
      const [like] = functions.filter((each) => !('triggers' in each));
      // What every function needs that looks a token up.
      const envVariables = {
        TOKEN_SALT: '{{env.TOKEN_SALT}}',
        TOKEN_SALT_OLD: '{{env.TOKEN_SALT_OLD}}',
      };
      return {
        ...v.parse(fields, json),
        functions: [...functions, { ...like, name, envVariables }],
      };
    }),
    // A token of the right shape, so that the database is asked for it.
    editJson('cloudfunctions/smoke.json', (json) => [
      ...v.parse(v.array(v.unknown()), json),
      { function: name, event: { token: 'A'.repeat(43) }, code: 903 },
    ]),
  ];
}
