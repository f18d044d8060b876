import { isToolError, ToolError } from 'cloudbase-local/command';
import type { Timer } from 'cloudbase-local/project';
import { anyAnswer, type Api } from './api';
import type { DeclaredFunction } from './declared-project';
import { lookAtFunction } from './look-at-function';
import { packageHash } from './package-files';
import { planFunction, type FunctionChange } from './plan-function';
import type { Progress } from './progress';
import type { Tcb } from './tcb';

/** What reaches one environment. */
export interface Cloud {
  readonly api: Api;
  readonly tcb: Tcb;
}

/**
 * Does what must be done for functions. What fails with one does not stop the others.
 *
 * @param all - All functions of the project.
 * @throws ToolError FUNCTIONS naming each function that is not as declared, and why.
 */
export async function applyToFunctions(
  { api, tcb }: Cloud,
  all: readonly DeclaredFunction[],
  changes: readonly FunctionChange[],
  progress: Progress,
): Promise<void> {
  const failures: string[] = [];
  for (const change of changes.filter(({ todo }) => todo === 'remove and deploy')) {
    failures.push(...(await attempt(() => remove(api, change.declared.config.name))));
  }
  const uploads = changes.filter(({ todo }) => todo !== 'set timers');
  const names = uploads.map(({ declared }) => declared.config.name);
  const areAll = names.length > 0 && names.length === all.length;
  const errors = await upload(tcb, api.envId, areAll ? ['--all'] : names, progress);
  for (const change of changes) {
    failures.push(...(await attempt(() => complete(api, change, progress))));
  }
  if (failures.length === 0) return;
  const wayOn = 'Run this again: what is as declared is left alone.';
  throw new ToolError('FUNCTIONS', [...failures, ...errors, wayOn].join('\n'));
}

/** @returns Why the work failed; empty if it did not. */
async function attempt(work: () => Promise<void>): Promise<string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (!isToolError(error) || error.code === 'INTERRUPTED') throw error;
    return [error.message];
  }
}

async function remove(api: Api, name: string): Promise<void> {
  await api.ask(`Removing ${name}, which could not be created`, anyAnswer, () =>
    api.manager.functions.deleteFunction(name),
  );
  // The cloud takes its time.
  await lookAtFunction(api, name);
}

/**
 * @param targets - Functions, or `--all`: the CLI uploads all side by side, and has no command for several.
 * @returns The lines in which the CLI tells of failures: some causes can be read nowhere else.
 */
async function upload(
  tcb: Tcb,
  envId: string,
  targets: readonly string[],
  progress: Progress,
): Promise<string[]> {
  const outputs: string[] = [];
  for (const target of targets) {
    const args = ['fn', 'deploy', target, '--envId', envId, '--yes', '--deployMode', 'zip'];
    const what = target === '--all' ? 'the functions are' : `${target} is`;
    outputs.push(await progress.during(`${what} being uploaded`, () => tcb(args)));
  }
  return outputs
    .flatMap((output) => output.split('\n'))
    .filter((line) => /✖|error|fail|失败|错误|refus/i.test(line))
    .map((line) => `    tcb: ${line.trim()}`);
}

/** Plans again after an upload, and sets the timers: the CLI removes none, changes none, and hides refusals. */
async function complete(api: Api, change: FunctionChange, progress: Progress): Promise<void> {
  const { todo, declared } = change;
  const { name } = declared.config;
  const left = await progress.during(`the cloud is at work on ${name}`, async () => {
    const next =
      todo === 'set timers' ? change : planFunction(declared, await lookAtFunction(api, name));
    if (next?.todo !== 'set timers') return next;
    await setTimers(api, name, declared.config.timers, next.seen.timers);
    return planFunction(declared, await lookAtFunction(api, name, next.seen.files));
  });
  if (left !== undefined) throw new ToolError('FUNCTIONS', `${left.fault}.`);
  const what = todo === 'set timers' ? 'timers set' : `deployed: ${packageHash(declared.files)}`;
  progress.changed(`${name} ${what}`);
}

async function setTimers(
  { manager, ask }: Api,
  name: string,
  declared: readonly Timer[],
  seen: readonly Timer[],
): Promise<void> {
  for (const timer of seen.filter((each) => !includes(declared, each))) {
    await ask(`Removing the timer ${timer.name} of ${name}`, anyAnswer, () =>
      manager.functions.deleteFunctionTrigger(name, timer.name),
    );
  }
  const triggers = declared
    .filter((each) => !includes(seen, each))
    .map((timer) => ({ name: timer.name, type: 'timer', config: timer.pattern }));
  if (triggers.length === 0) return;
  await ask(`Setting the timers of ${name}`, anyAnswer, () =>
    manager.functions.createFunctionTriggers(name, triggers),
  );
}

function includes(timers: readonly Timer[], { name, pattern }: Timer): boolean {
  return timers.some((each) => each.name === name && each.pattern === pattern);
}
