import { ToolError } from 'cloudbase-local/command';
import type { Api } from './api';
import { undeclared } from './compare-function';
import type { DeclaredFunction, DeclaredProject } from './declared-project';
import { look } from './look';
import type { SeenFunction } from './look-at-function';
import { packageHash } from './package-files';
import { describeFaults, makePlan } from './plan';
import { callFunction, type SmokeCall } from './smoke-calls';
import { verifyHttp } from './verify-http';

/**
 * Looks whether nothing is left to do for a project, and if so, makes the smoke calls: through the API, and over HTTP
 * where there are routes.
 *
 * @param isFresh - Whether something was changed just now.
 * @returns What was found, a line for each thing.
 * @throws ToolError VERIFY naming all that is not as it must be.
 */
export async function verify(
  api: Api,
  project: DeclaredProject,
  smokeCalls: readonly SmokeCall[],
  isFresh: boolean,
): Promise<string[]> {
  const seen = await look(api, project);
  refuse(describeFaults(makePlan(project, seen)));
  const facts = [
    ...project.collections.map(({ name }) => `collection ${name} is as declared`),
    ...project.functions.map((each) => describe(each, seen.functions.get(each.config.name))),
  ];
  if (smokeCalls.length === 0) facts.push('no smoke calls: cloudfunctions/smoke.json has none');
  const faults: string[] = [];
  for (const call of smokeCalls) {
    const { function: name, code } = call;
    const answer = await callFunction(api, call);
    if (answer === String(code)) facts.push(`${name} answers ${answer}`);
    else faults.push(`${name} answers ${answer} and not ${code}: see its log in the console.`);
  }
  if (project.http !== undefined && seen.http !== undefined) {
    const http = await verifyHttp(api, project.http, seen.http, smokeCalls, isFresh);
    facts.push(...http.facts);
    faults.push(...http.faults);
  }
  refuse(faults);
  return facts;
}

function refuse(faults: readonly string[]): void {
  if (faults.length === 0) return;
  const wayOn = '`npm run deploy` puts right what can be put right.';
  throw new ToolError('VERIFY', [...faults, wayOn].join('\n'));
}

function describe(declared: DeclaredFunction, seen: SeenFunction | undefined): string {
  const names = seen === undefined ? [] : undeclared(declared, seen);
  const notes = names.map((name) => `, and has ${name}, which is not declared`);
  return `${declared.config.name} is Active with ${packageHash(declared.files)}${notes.join('')}`;
}
