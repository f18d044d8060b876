import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import Ajv from 'ajv';
import * as v from 'valibot';

const root = path.resolve(__dirname, '../..');
const config = v.parse(
  v.looseObject({ $schema: v.string() }),
  JSON.parse(readFileSync(path.join(root, 'cloudbaserc.json'), 'utf8')),
);

/** The schema that `$schema` of cloudbaserc.json names, from where the CLI itself has it: inside its bundle. */
function publishedSchema(): object {
  const cli = require.resolve('@cloudbase/cli/dist/standalone/cli.js');
  const bundle = readFileSync(cli, 'utf8');
  const at = bundle.indexOf(`"$id":"${config.$schema}"`);
  const start = bundle.lastIndexOf("JSON.parse('", at) + 'JSON.parse('.length;
  const literal = bundle.slice(start, bundle.indexOf("')", at) + 1);
  return v.parse(
    v.looseObject({ $id: v.literal(config.$schema) }),
    JSON.parse(v.parse(v.string(), runInNewContext(literal))),
  );
}

describe('cloudbaserc.json', () => {
  const validator = new Ajv({ allErrors: true, unknownFormats: 'ignore' });
  const validate = validator.compile(publishedSchema());

  // It was made for CloudBase Framework, another tool, and asks every file for its plugins; the CLI asks none.
  test('satisfies the schema that the CloudBase CLI publishes, but for CloudBase Framework', () => {
    validate(config);
    expect(validate.errors?.map(({ message }) => message)).toEqual([
      "should have required property 'framework'",
    ]);
  });

  test.each([
    ['a version that there is not', { version: '3.0' }],
    ['functions that are no list', { functions: {} }],
  ])('would not with %s', (_, change) => {
    validate({ ...config, ...change });
    expect(validate.errors?.length).toBe(2);
  });
});
