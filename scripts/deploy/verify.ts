import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { ToolError } from 'cloudbase-local/command';
import type { Api } from './api';
import { compare, readSettled, undeclared, type WantedFunction } from './cloud-function';
import { codeHash } from './code';
import { setUpDatabase } from './database';
import type { Collection } from './declaration';
import type { Report } from './report';

const invoked = v.object({ InvokeResult: v.number(), RetMsg: v.string() });

/** What the contract (contract/index.ts) has for calls in which WeChat names nobody. */
const expected = [
  { name: 'gettoken', event: () => ({}), code: 401 },
  // A token of the right shape, so that the database is asked for it.
  { name: 'orders', event: () => ({ token: randomBytes(32).toString('base64url') }), code: 903 },
];

/**
 * Looks in the cloud whether the database is as declared and each function Active and as built, and calls two
 * of them.
 *
 * @throws ToolError VERIFY or CLOUD naming all that is not as it should be.
 */
export async function verify(
  api: Api,
  declared: readonly Collection[],
  functions: readonly WantedFunction[],
  report: Report,
): Promise<void> {
  const wrong: string[] = [];
  if (!(await setUpDatabase(api, declared, report, true))) {
    wrong.push('The database is not as declared.');
  }
  for (const wanted of functions) {
    const { name, runtime, timeoutSeconds, timers } = wanted.config;
    const found = await readSettled(api, name);
    const differences = compare(wanted, found);
    if (found === undefined || differences.length > 0) {
      wrong.push(`${name} ${differences.map(({ text }) => text).join(', ')}.`);
      continue;
    }
    const facts = [
      runtime,
      `${timeoutSeconds} s`,
      ...timers.map((timer) => `timer ${timer.name}`),
      ...undeclared(wanted, found).map((variable) => `${variable}, which is not declared`),
    ];
    report.done(`${name} is Active with ${codeHash(wanted.code)} (${facts.join(', ')})`);
  }
  if (wrong.length === 0) wrong.push(...(await callEach(api, report)));
  if (wrong.length === 0) return;
  wrong.push('`npm run deploy` puts right what can be put right.');
  throw new ToolError('VERIFY', wrong.join('\n'));
}

async function callEach(api: Api, report: Report): Promise<string[]> {
  const wrong: string[] = [];
  for (const { name, event, code } of expected) {
    const answer = await call(api, name, event());
    if (answer.code === code)
      report.done(`${name} answers ${code}, as it must where nobody is named`);
    else
      wrong.push(
        `${name} answers ${answer.text} and not ${code}: look into its log in the console.`,
      );
  }
  return wrong;
}

/** Calls as the environment's administrator: WeChat names no user. */
async function call(
  { manager, ask }: Api,
  name: string,
  event: Record<string, string>,
): Promise<{ code: number | undefined; text: string }> {
  const { InvokeResult, RetMsg } = await ask(`Calling ${name}`, invoked, () =>
    manager.functions.invokeFunction(name, event),
  );
  if (InvokeResult !== 0) return { code: undefined, text: 'with an error of its own' };
  const parsed = v.safeParse(
    v.pipe(v.string(), v.parseJson(), v.object({ code: v.number() })),
    RetMsg,
  );
  if (!parsed.success) return { code: undefined, text: 'something without a code' };
  return { code: parsed.output.code, text: String(parsed.output.code) };
}
