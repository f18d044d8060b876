import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { numbers } from './model';

const file = path.resolve(__dirname, '../../cloudbaserc.json');
const schema = v.object({
  functions: v.array(v.object({ name: v.string(), timeout: v.number(), memorySize: v.number() })),
});

/** The numbers of the model that `cloudbaserc.json` declares otherwise. */
export function differingDeclarations(): string[] {
  const { functions } = v.parse(schema, JSON.parse(readFileSync(file, 'utf8')));
  const timeouts: Record<string, number> = {
    gettoken: numbers.callTimeout,
    orders: numbers.callTimeout,
    cleartokens: numbers.cleartokensTimeout,
  };
  return functions
    .filter(({ name }) => name in timeouts)
    .filter(
      ({ name, timeout, memorySize }) =>
        timeout !== timeouts[name] || memorySize !== numbers.memoryMB,
    )
    .map(({ name }) => `${name} of cloudbaserc.json`);
}
