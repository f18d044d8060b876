import { isToolError, ToolError, type Command } from 'cloudbase-local/command';
import { readCollections, readFunctions } from 'cloudbase-local/project';
import { buildProject } from '../build/project';
import { openApi, type Api } from './api';
import { apply } from './apply';
import { checkEnvironment } from './check-environment';
import { checkSalts } from './check-salts';
import { declareHttp, readBuiltFunctions, type DeclaredProject } from './declared-project';
import { describeLacks, readDeploySettings, type Options } from './deploy-settings';
import { readLogin } from './login';
import { look } from './look';
import { describeChanges, describeFaults, makePlan, type Plan } from './plan';
import { startProgress, type Progress } from './progress';
import { readSmokeCalls } from './smoke-calls';
import { tcbIn } from './tcb';
import { verify } from './verify';

const usage = `Usage: npm run deploy [-- [<step>...] [--env <id>] [--mode <name>] [--dry-run]]

Brings the project into a cloud environment: looks at it, prints a plan of what must be changed, carries the
plan out, and looks again. Nothing is changed before all that can be checked is checked. Running it again
changes nothing, and completes what an earlier run could not.

Steps, in this order; all of them if none is named:
  check      project, settings, login and environment; comes before each of the others but build
  build      the cloud functions, as \`npm run build\`
  database   the collections, indexes and permissions of database/collections.json
  functions  the cloud functions that are not in the cloud as built
  routes     the routes of cloudbaserc.json: made while HTTP_ACCESS is on, removed while it is not
  verify     looks whether nothing is left to do in all of these, and makes the calls of
             cloudfunctions/smoke.json, over HTTP too while HTTP_ACCESS is on

  --env <id>     the environment, instead of ENV_ID
  --mode <name>  reads .env.<name> too, after .env and .env.local
  --dry-run      prints the plan, and changes nothing
  -h, --help     print this
`;

const steps = ['check', 'build', 'database', 'functions', 'routes', 'verify'] as const;
type Step = (typeof steps)[number];

const flags = {
  env: { type: 'string' },
  mode: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
} as const;

interface Deployment extends Options {
  /** The project's folder. */
  readonly root: string;
  readonly chosen: ReadonlySet<Step>;
  readonly dryRun: boolean;
  readonly interrupted: AbortSignal;
}

/**
 * `npm run deploy`.
 *
 * @param root - The project's folder.
 * @param interrupted - Once it is aborted, nothing more is done in the cloud.
 */
export function deployCommand(root: string, interrupted: AbortSignal): Command<typeof flags> {
  return {
    usage,
    options: flags,
    allowPositionals: true,
    npmScript: 'deploy',
    run: ({ values, positionals }) =>
      deploy({
        root,
        env: values.env,
        mode: values.mode,
        dryRun: values['dry-run'],
        chosen: chooseSteps(positionals),
        interrupted,
      }),
  };
}

async function deploy(deployment: Deployment): Promise<void> {
  const { root, chosen, dryRun } = deployment;
  const progress = startProgress((line) => void process.stdout.write(line));
  const needsCloud = [...chosen].some((step) => step !== 'build');
  const target = needsCloud ? await check(deployment, progress) : undefined;
  if (chosen.has('build')) await build(root, progress);
  if (target === undefined) return;
  const { api, tcb, collections, http, smokeCalls, settings } = target;
  const functions = await readBuiltFunctions(target.functions, settings.variables);
  await checkSalts(functions);
  const part = {
    collections: chosen.has('database') ? collections : [],
    functions: chosen.has('functions') ? functions : [],
    http: chosen.has('routes') ? http : undefined,
  };
  const changes = chosen.has('database') || chosen.has('functions') || chosen.has('routes');
  if (changes) {
    const plan = await printPlan(api, part, progress);
    if (!dryRun) await apply({ api, tcb }, part, plan, progress);
  }
  if (chosen.has('verify') && !(dryRun && changes)) {
    progress.step('Verification');
    const work = () =>
      verify(api, { collections, functions, http }, smokeCalls, progress.changes() > 0);
    const facts = await progress.during('the cloud is being read', work);
    for (const fact of facts) progress.done(fact);
  }
  progress.step(summary(api.envId, deployment, progress.changes()));
}

/** @throws ToolError CONFLICT naming what no deployment can change. */
async function printPlan(api: Api, project: DeclaredProject, progress: Progress): Promise<Plan> {
  progress.step('Plan');
  const seen = await progress.during('the cloud is being read', () => look(api, project));
  const plan = makePlan(project, seen);
  for (const line of describeChanges(plan)) progress.todo(line);
  for (const note of plan.notes) progress.note(note);
  if (describeFaults(plan).length === 0) progress.done('nothing must be changed');
  if (plan.conflicts.length === 0) return plan;
  throw new ToolError('CONFLICT', [...plan.conflicts, 'Nothing was changed.'].join('\n'));
}

function summary(envId: string, { chosen, dryRun }: Deployment, changes: number): string {
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
async function check(deployment: Deployment, progress: Progress) {
  const { root, interrupted } = deployment;
  progress.step('Check');
  const functions = await readFunctions(root);
  const collections = await readCollections(root);
  const smokeCalls = await readSmokeCalls(root, functions);
  progress.done('Project');
  const settings = await readDeploySettings(root, functions, deployment);
  const { envId, httpAccess, variables, secrets } = settings;
  const http = await declareHttp(root, functions, httpAccess);
  progress.done('Settings');
  for (const lack of describeLacks(settings)) progress.note(lack);
  const tcb = tcbIn(root, { ...variables, ENV_ID: envId }, secrets, interrupted);
  const api = openApi(await readLogin(tcb, Date.now), envId, interrupted);
  progress.done('Login');
  await checkEnvironment(api);
  progress.done(`Environment ${envId}`);
  return { api, tcb, functions, collections, http, smokeCalls, settings };
}

async function build(root: string, progress: Progress): Promise<void> {
  progress.step('Build');
  try {
    progress.done(await buildProject(root));
  } catch (error) {
    if (!isToolError(error)) throw error;
    throw new ToolError(error.code, `${error.message}\nNothing was sent.`, error);
  }
}
