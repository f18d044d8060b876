import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { runCommand, ToolError } from 'cloudbase-local/command';
import { readFunctions, type FunctionConfig } from 'cloudbase-local/project';
import { openApi, type Api } from './deploy/api';
import { wantFunction, type WantedFunction } from './deploy/cloud-function';
import { readBuiltCode } from './deploy/code';
import { setUpDatabase } from './deploy/database';
import { readDeclaration } from './deploy/declaration';
import { findEnvironment } from './deploy/environment';
import { deployFunctions } from './deploy/functions';
import { readLogin } from './deploy/login';
import { startReport, type Report } from './deploy/report';
import { readDeploySettings, type DeploySettings, type Options } from './deploy/settings';
import { tcbIn, type Tcb } from './deploy/tcb';
import { verify } from './deploy/verify';

const usage = `Usage: npm run deploy [-- [<step>...] [--env <id>] [--mode <name>] [--dry-run]]

Deploys the project to a cloud environment, and looks there whether it worked. What is in the cloud as it
should be is left alone: running it again changes nothing, and completes what an earlier run could not.

Steps, in this order; all of them where none is named:
  check      settings, login and environment; comes before each of the others but build
  build      the cloud functions, as \`npm run build\`
  database   the collections, indexes and permissions of database/collections.json
  functions  the cloud functions that are not in the cloud as built
  verify     looks whether the database is as declared and each function in the cloud as built, and calls
             gettoken and orders

  --env <id>     the environment, instead of ENV_ID
  --mode <name>  reads .env.<name> too, after .env and .env.local
  --dry-run      says what would be changed, and changes nothing
  -h, --help     print this
`;

const steps = ['check', 'build', 'database', 'functions', 'verify'] as const;
type Step = (typeof steps)[number];

interface Command extends Options {
  readonly chosen: ReadonlySet<Step>;
  readonly dryRun: boolean;
}

/** What the steps after the check stand on. */
interface Target {
  readonly api: Api;
  readonly tcb: Tcb;
  readonly functions: readonly FunctionConfig[];
  readonly settings: DeploySettings;
}

const root = path.resolve(__dirname, '..');
const interruption = new AbortController();

/** Ends what runs, in order: what was begun in the cloud is completed by another run. */
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
  const report = startReport((line) => void process.stdout.write(line));
  const needsCloud = [...command.chosen].some((step) => step !== 'build');
  const target = needsCloud ? await check(command, report) : undefined;
  if (command.chosen.has('build')) build(report);
  if (target === undefined) return;
  const { api, tcb } = target;
  if (command.chosen.has('database')) {
    report.step('Database');
    await setUpDatabase(api, await readDeclaration(root), report, command.dryRun);
  }
  const changes = command.chosen.has('database') || command.chosen.has('functions');
  const verifies = command.chosen.has('verify') && !(command.dryRun && changes);
  const wanted = command.chosen.has('functions') || verifies ? await wantFunctions(target) : [];
  if (command.chosen.has('functions')) {
    report.step('Functions');
    await deployFunctions(api, tcb, wanted, report, command.dryRun);
  }
  if (verifies) {
    report.step('Verification');
    await verify(api, await readDeclaration(root), wanted, report);
  }
  report.step(summary(api.envId, command, report.changes()));
}

function summary(envId: string, { chosen, dryRun }: Command, changes: number): string {
  if (dryRun) return 'Nothing was changed: this was a dry run.';
  if (chosen.size === 1 && chosen.has('check')) return `${envId}: nothing stands in the way.`;
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

/** Finds whatever would make a deployment fail, before anything is sent. */
async function check(options: Options, report: Report): Promise<Target> {
  report.step('Check');
  const functions = await readFunctions(root);
  const settings = await readDeploySettings(root, functions, options);
  const { envId, variables, secrets } = settings;
  report.done('Settings');
  const tcb = tcbIn(root, { ...variables, ENV_ID: envId }, secrets, interruption.signal);
  const api = openApi(await readLogin(tcb, Date.now), envId, interruption.signal);
  report.done('Login');
  await findEnvironment(api);
  report.done(`Environment ${envId}`);
  return { api, tcb, functions, settings };
}

function build(report: Report): void {
  report.step('Build');
  const command = ['--import', 'tsx', path.join(root, 'scripts/build.ts')];
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new ToolError('BUILD', 'The build failed: nothing was sent.');
  report.done('Built');
}

async function wantFunctions({ functions, settings }: Target): Promise<WantedFunction[]> {
  return Promise.all(
    functions.map(async (config) =>
      wantFunction(config, await readBuiltCode(config.folder), settings.variables),
    ),
  );
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
