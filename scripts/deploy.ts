import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { runCommand, ToolError } from 'cloudbase-local/command';
import { readCollections, readFunctions } from 'cloudbase-local/project';
import { openApi, type Api } from './deploy/api';
import { apply } from './deploy/apply';
import { checkEnvironment } from './deploy/check-environment';
import { readBuiltFunctions, type DeclaredProject } from './deploy/declared-project';
import { readDeploySettings, type Options } from './deploy/deploy-settings';
import { readLogin } from './deploy/login';
import { look } from './deploy/look';
import { describeChanges, describeFaults, makePlan, type Plan } from './deploy/plan';
import { startProgress, type Progress } from './deploy/progress';
import { readSmokeCalls } from './deploy/smoke-calls';
import { tcbIn } from './deploy/tcb';
import { verify } from './deploy/verify';

const usage = `Usage: npm run deploy [-- [<step>...] [--env <id>] [--mode <name>] [--dry-run]]

Brings the project into a cloud environment: looks at it, prints a plan of what must be changed, carries the
plan out, and looks again. Nothing is changed before all that can be checked is checked. Running it again
changes nothing, and completes what an earlier run could not.

Steps, in this order; all of them if none is named:
  check      project, settings, login and environment; comes before each of the others but build
  build      the cloud functions, as \`npm run build\`
  database   the collections, indexes and permissions of database/collections.json
  functions  the cloud functions that are not in the cloud as built
  verify     looks whether nothing is left to do in the database and for each function, and makes the
             calls of cloudfunctions/smoke.json

  --env <id>     the environment, instead of ENV_ID
  --mode <name>  reads .env.<name> too, after .env and .env.local
  --dry-run      prints the plan, and changes nothing
  -h, --help     print this
`;

const steps = ['check', 'build', 'database', 'functions', 'verify'] as const;
type Step = (typeof steps)[number];

interface Command extends Options {
  readonly chosen: ReadonlySet<Step>;
  readonly dryRun: boolean;
}

const root = path.resolve(__dirname, '..');
const interruption = new AbortController();

/** A second run completes what was begun in the cloud. */
function endOn(signal: NodeJS.Signals, status: number): void {
  process.once(signal, () => {
    process.exitCode = status;
    const message = 'Interrupted. Run this again: it goes on where this stopped.';
    interruption.abort(new ToolError('INTERRUPTED', message));
    // A connection that hangs would keep the process for a minute.
    setTimeout(() => process.exit(status), 3000).unref();
  });
}

async function deploy(command: Command): Promise<void> {
  endOn('SIGINT', 130);
  endOn('SIGTERM', 143);
  const { chosen, dryRun } = command;
  const progress = startProgress((line) => void process.stdout.write(line));
  const needsCloud = [...chosen].some((step) => step !== 'build');
  const target = needsCloud ? await check(command, progress) : undefined;
  if (chosen.has('build')) build(progress);
  if (target === undefined) return;
  const { api, tcb, collections, smokeCalls, settings } = target;
  const functions = await readBuiltFunctions(target.functions, settings.variables);
  const part = {
    collections: chosen.has('database') ? collections : [],
    functions: chosen.has('functions') ? functions : [],
  };
  const changes = chosen.has('database') || chosen.has('functions');
  if (changes) {
    const plan = await printPlan(api, part, progress);
    if (!dryRun) await apply({ api, tcb }, part, plan, progress);
  }
  if (chosen.has('verify') && !(dryRun && changes)) {
    progress.step('Verification');
    const work = () => verify(api, { collections, functions }, smokeCalls);
    const facts = await progress.during('the cloud is being read', work);
    for (const fact of facts) progress.done(fact);
  }
  progress.step(summary(api.envId, command, progress.changes()));
}

/** @throws ToolError CONFLICT naming what no deployment can change. */
async function printPlan(api: Api, project: DeclaredProject, progress: Progress): Promise<Plan> {
  progress.step('Plan');
  const seen = await progress.during('the cloud is being read', () => look(api, project));
  const plan = makePlan(project, seen);
  for (const line of describeChanges(plan)) progress.todo(line);
  if (describeFaults(plan).length === 0) progress.done('nothing must be changed');
  if (plan.conflicts.length === 0) return plan;
  throw new ToolError('CONFLICT', [...plan.conflicts, 'Nothing was changed.'].join('\n'));
}

function summary(envId: string, { chosen, dryRun }: Command, changes: number): string {
  if (dryRun) return 'Nothing was changed: this was a dry run.';
  if (chosen.size === 1 && chosen.has('check'))
    return `${envId}: all that was checked is in order.`;
  const verified = chosen.has('verify') ? 'verified' : 'not verified';
  if (changes === 0) return `${envId}: nothing had to be changed, ${verified}.`;
  return `${envId}: ${changes} ${changes === 1 ? 'change' : 'changes'}, ${verified}.`;
}

function chooseSteps(named: readonly string[]): Set<Step> {
  const chosen = named.map((name) => {
    const step = steps.find((known) => known === name);
    if (step !== undefined) return step;
    throw new ToolError('USAGE', `There is no step ${name}; the steps are ${steps.join(', ')}.`);
  });
  return new Set(chosen.length === 0 ? steps : chosen);
}

/** Checks what can be checked before the functions are built. */
async function check(options: Options, progress: Progress) {
  progress.step('Check');
  const functions = await readFunctions(root);
  const collections = await readCollections(root);
  const smokeCalls = await readSmokeCalls(root, functions);
  progress.done('Project');
  const settings = await readDeploySettings(root, functions, options);
  const { envId, variables, secrets } = settings;
  progress.done('Settings');
  const tcb = tcbIn(root, { ...variables, ENV_ID: envId }, secrets, interruption.signal);
  const api = openApi(await readLogin(tcb, Date.now), envId, interruption.signal);
  progress.done('Login');
  await checkEnvironment(api);
  progress.done(`Environment ${envId}`);
  return { api, tcb, functions, collections, smokeCalls, settings };
}

function build(progress: Progress): void {
  progress.step('Build');
  const command = ['--import', 'tsx', path.join(root, 'scripts/build.ts')];
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new ToolError('BUILD', 'The build failed: nothing was sent.');
  progress.done('Built');
}

runCommand({
  usage,
  options: {
    env: { type: 'string' },
    mode: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  },
  allowPositionals: true,
  npmScript: 'deploy',
  run: ({ values, positionals }) =>
    deploy({
      env: values.env,
      mode: values.mode,
      dryRun: values['dry-run'],
      chosen: chooseSteps(positionals),
    }),
});
