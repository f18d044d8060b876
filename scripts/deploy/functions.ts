import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import type { Api } from './api';
import {
  compare,
  readCloudFunction,
  type CloudFunction,
  type Difference,
  type WantedFunction,
} from './cloud-function';
import { codeHash } from './code';
import { DeployError } from './errors';
import type { Report } from './report';
import type { Tcb } from './tcb';

const nothing = v.unknown();

/**
 * Brings each function into the cloud that is not there as it is to be. What fails with one does not stop
 * the others: a second run completes what this one leaves.
 *
 * @param dryRun - Says what would be done, and does nothing.
 * @throws DeployError FUNCTIONS naming each function that is not as it is to be, and why.
 */
export async function deployFunctions(
  api: Api,
  tcb: Tcb,
  functions: readonly WantedFunction[],
  report: Report,
  dryRun: boolean,
): Promise<void> {
  const failures: DeployError[] = [];
  for (const wanted of functions) {
    try {
      await deployFunction(api, tcb, wanted, report, dryRun);
    } catch (error) {
      if (!(error instanceof DeployError)) throw error;
      failures.push(error);
    }
  }
  if (failures.length === 0) return;
  const message = failures.map((failure) => failure.message).join('\n');
  throw new DeployError('FUNCTIONS', message, failures[0]);
}

async function deployFunction(
  api: Api,
  tcb: Tcb,
  wanted: WantedFunction,
  report: Report,
  dryRun: boolean,
): Promise<void> {
  const { name } = wanted.config;
  const found = await readSettled(api, name);
  const before = found === undefined ? undefined : compare(wanted, found);
  if (before?.length === 0) {
    report.done(`${name} is as built: ${codeHash(wanted.code)}`);
    return;
  }
  refuseOtherRuntime(name, before ?? []);
  const todo = before === undefined ? 'is new' : before.map(({ text }) => text).join(', ');
  if (dryRun) {
    report.done(`${name} would be deployed: ${todo}`);
    return;
  }
  report.begin(`${name} is being deployed: ${todo}`);
  if (found?.status === 'CreateFailed') await removeFailed(api, name);
  const output = onlyTimers(before) ? '' : (await tcb(deployArgs(name, api.envId))).output;
  const after = await setTimers(api, wanted);
  if (after.length > 0) throw notDeployed(name, after, output);
  report.changed(`${name} deployed: ${codeHash(wanted.code)}`);
}

function deployArgs(name: string, envId: string): string[] {
  return ['fn', 'deploy', name, '--envId', envId, '--yes', '--deployMode', 'zip'];
}

/** An update leaves the runtime as it was, and says nothing of it. */
function refuseOtherRuntime(name: string, differences: readonly Difference[]): void {
  const runtime = differences.find(({ field }) => field === 'runtime');
  if (runtime === undefined) return;
  throw new DeployError(
    'FUNCTIONS',
    `${name} ${runtime.text}, and no update changes that. Delete it (\`npx tcb fn delete ${name}\`), and run this again.`,
  );
}

function onlyTimers(differences: readonly Difference[] | undefined): boolean {
  return differences?.every(({ field }) => field === 'timers') ?? false;
}

/** A function that could not be created takes no update; nothing was ever in it. */
async function removeFailed(api: Api, name: string): Promise<void> {
  const { manager, ask } = api;
  await ask(`Removing ${name}, which could not be created`, nothing, () =>
    manager.functions.deleteFunction(name),
  );
  await readSettled(api, name);
}

/**
 * Makes the timers what is declared: the CLI neither removes nor changes one, and hides that one was refused.
 *
 * @returns What is still not as it is to be.
 */
async function setTimers(api: Api, wanted: WantedFunction): Promise<Difference[]> {
  const { name, timers } = wanted.config;
  const found = await readSettled(api, name);
  if (found === undefined) return [{ field: 'status', text: 'is not there' }];
  const differences = compare(wanted, found);
  if (!differences.some(({ field }) => field === 'timers')) return differences;
  const { manager, ask } = api;
  const same = (one: (typeof timers)[number]) => (other: (typeof timers)[number]) =>
    one.name === other.name && one.pattern === other.pattern;
  for (const timer of found.timers.filter((one) => !timers.some(same(one)))) {
    await ask(`Removing the timer ${timer.name} of ${name}`, nothing, () =>
      manager.functions.deleteFunctionTrigger(name, timer.name),
    );
  }
  const missing = timers.filter((one) => !found.timers.some(same(one)));
  if (missing.length > 0) {
    const triggers = missing.map((timer) => ({
      name: timer.name,
      type: 'timer',
      config: timer.pattern,
    }));
    await ask(`Setting the timers of ${name}`, nothing, () =>
      manager.functions.createFunctionTriggers(name, triggers),
    );
  }
  const after = await readSettled(api, name);
  return after === undefined ? [{ field: 'status', text: 'is not there' }] : compare(wanted, after);
}

const patience = { every: 1000, times: 120 };

/** Reads a function once it is no longer Creating, Updating or Deleting, or after two minutes. */
export async function readSettled(api: Api, name: string): Promise<CloudFunction | undefined> {
  for (let turn = 1; ; turn += 1) {
    const found = await readCloudFunction(api, name);
    const settled = found === undefined || !/ing$/.test(found.status);
    if (settled || turn === patience.times) return found;
    await wait(patience.every);
  }
}

/** The CLI's own words are the only place where some causes can be read. */
function notDeployed(
  name: string,
  differences: readonly Difference[],
  output: string,
): DeployError {
  const lines = output.split('\n').filter((line) => /✖|error|fail|失败|错误|refus/i.test(line));
  const said = lines.length === 0 ? '' : `\n    tcb: ${lines.slice(-4).join('\n         ')}`;
  const texts = differences.map(({ text }) => text).join(', ');
  return new DeployError('FUNCTIONS', `${name} ${texts}.${said}`);
}
