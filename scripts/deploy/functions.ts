import { isToolError, ToolError } from 'cloudbase-local/command';
import { anyAnswer, type Api } from './api';
import {
  compare,
  readSettled,
  undeclared,
  type CloudFunction,
  type Difference,
  type WantedFunction,
} from './cloud-function';
import { codeHash } from './code';
import { patiently, type Report } from './report';
import type { Tcb } from './tcb';

/** A function that is not in the cloud as it is to be. */
interface Task {
  readonly wanted: WantedFunction;
  /** What is there now, if anything. */
  readonly found: CloudFunction | undefined;
  readonly todo: string;
  /** Whether its timers are all there is to do. */
  readonly onlyTimers: boolean;
}

/**
 * Brings each function into the cloud that is not there as it is to be. What fails with one does not stop
 * the others: a second run completes what this one leaves.
 *
 * @param dryRun - Says what would be done, and does nothing.
 * @throws ToolError FUNCTIONS naming each function that is not as it is to be, and why.
 */
export async function deployFunctions(
  api: Api,
  tcb: Tcb,
  functions: readonly WantedFunction[],
  report: Report,
  dryRun: boolean,
): Promise<void> {
  const failures: ToolError[] = [];
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!isToolError(error) || error.code === 'INTERRUPTED') throw error;
      failures.push(error);
    }
  };
  const tasks: Task[] = [];
  for (const wanted of functions) {
    await attempt(async () => {
      const task = await findTask(api, wanted);
      if (task === undefined)
        report.done(`${wanted.config.name} is as built: ${codeHash(wanted.code)}`);
      else tasks.push(task);
    });
  }
  for (const { wanted, todo } of tasks) {
    report.begin(`${wanted.config.name} ${dryRun ? 'would' : 'is to'} be deployed: ${todo}`);
  }
  if (!dryRun) {
    const uploads = tasks.filter(({ onlyTimers }) => !onlyTimers);
    await attempt(() => removeFailed(api, uploads));
    const said = await upload(tcb, api.envId, uploads, uploads.length === functions.length, report);
    for (const { wanted } of tasks) await attempt(() => complete(api, wanted, report));
    if (failures.length > 0 && said !== '') failures.push(new ToolError('FUNCTIONS', said));
  }
  if (failures.length === 0) return;
  const messages = failures.map((failure) => failure.message);
  const wayOn = dryRun ? [] : ['Run this again: what is as it is to be is left alone.'];
  throw new ToolError('FUNCTIONS', [...messages, ...wayOn].join('\n'), failures[0]);
}

/** @returns Nothing where the function is as it is to be. */
async function findTask(api: Api, wanted: WantedFunction): Promise<Task | undefined> {
  const found = await readSettled(api, wanted.config.name);
  if (found === undefined) return { wanted, found, todo: 'is new', onlyTimers: false };
  const differences = compare(wanted, found);
  if (differences.length === 0) return undefined;
  refuseOtherRuntime(api.envId, wanted.config.name, differences);
  return {
    wanted,
    found,
    todo: [...differences.map(({ text }) => text), ...losses(wanted, found)].join(', '),
    onlyTimers: differences.every(({ field }) => field === 'timers'),
  };
}

function losses(wanted: WantedFunction, found: CloudFunction): string[] {
  const names = wanted.settings.size === 0 ? [] : undeclared(wanted, found);
  return names.map((name) => `loses ${name}, which is not declared`);
}

/**
 * Where all are to be uploaded, the CLI does it side by side; it has no command for some.
 *
 * @returns What it said of failures: its own words are the only place where some causes can be read.
 */
async function upload(
  tcb: Tcb,
  envId: string,
  tasks: readonly Task[],
  all: boolean,
  report: Report,
): Promise<string> {
  if (tasks.length === 0) return '';
  const targets = all ? ['--all'] : tasks.map(({ wanted }) => wanted.config.name);
  const lines: string[] = [];
  for (const target of targets) {
    const options = ['--envId', envId, '--yes', '--deployMode', 'zip'];
    const what = all ? 'the functions are being uploaded' : `${target} is being uploaded`;
    const output = await patiently(report, what, () => tcb(['fn', 'deploy', target, ...options]));
    lines.push(...output.split('\n').filter((line) => /✖|error|fail|失败|错误|refus/i.test(line)));
  }
  return lines.map((line) => `    tcb: ${line.trim()}`).join('\n');
}

async function complete(api: Api, wanted: WantedFunction, report: Report): Promise<void> {
  const { name } = wanted.config;
  const left = await patiently(report, `the cloud is at work on ${name}`, () =>
    setTimers(api, wanted),
  );
  if (left.length > 0) {
    const texts = left.map(({ text }) => text).join(', ');
    throw new ToolError('FUNCTIONS', `${name} ${texts}.`);
  }
  report.changed(`${name} deployed: ${codeHash(wanted.code)}`);
}

/** An update leaves the runtime as it was, and says nothing of it. */
function refuseOtherRuntime(envId: string, name: string, differences: readonly Difference[]): void {
  const runtime = differences.find(({ field }) => field === 'runtime');
  if (runtime === undefined) return;
  throw new ToolError(
    'FUNCTIONS',
    `${name} ${runtime.text}, and no update changes that. Delete it (\`npx tcb fn delete ${name} -e ${envId}\`), and run this again.`,
  );
}

/** A function that could not be created takes no update; nothing was ever in it. */
async function removeFailed(api: Api, tasks: readonly Task[]): Promise<void> {
  const { manager, ask } = api;
  for (const { wanted, found } of tasks) {
    if (found?.status !== 'CreateFailed') continue;
    const { name } = wanted.config;
    await ask(`Removing ${name}, which could not be created`, anyAnswer, () =>
      manager.functions.deleteFunction(name),
    );
    await readSettled(api, name);
  }
}

/**
 * Makes the timers what is declared: the CLI neither removes nor changes one, and hides that one was refused.
 *
 * @returns What is still not as it is to be.
 */
async function setTimers(api: Api, wanted: WantedFunction): Promise<Difference[]> {
  const { name, timers } = wanted.config;
  const found = await readSettled(api, name);
  const differences = compare(wanted, found);
  if (found === undefined || !differences.some(({ field }) => field === 'timers')) {
    return differences;
  }
  const { manager, ask } = api;
  const same = (one: (typeof timers)[number]) => (other: (typeof timers)[number]) =>
    one.name === other.name && one.pattern === other.pattern;
  for (const timer of found.timers.filter((one) => !timers.some(same(one)))) {
    await ask(`Removing the timer ${timer.name} of ${name}`, anyAnswer, () =>
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
    await ask(`Setting the timers of ${name}`, anyAnswer, () =>
      manager.functions.createFunctionTriggers(name, triggers),
    );
  }
  return compare(wanted, await readSettled(api, name));
}
