import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { runCommand } from '../packages/cloudbase-local/src/command/run';
import { LocalCloudError } from '../packages/cloudbase-local/src/command/errors';
import {
  readFunctions,
  type FunctionConfig,
} from '../packages/cloudbase-local/src/project/cloudbaserc';
import { openApi, type Api } from './deploy/api';
import { wantFunction, type WantedFunction } from './deploy/cloud-function';
import { readBuiltCode } from './deploy/code';
import { setUpDatabase } from './deploy/database';
import { readDeclaration } from './deploy/declaration';
import { findEnvironment } from './deploy/environment';
import { DeployError } from './deploy/errors';
import { deployFunctions } from './deploy/functions';
import { readLogin } from './deploy/login';
import { startReport, type Report } from './deploy/report';
import { readDeploySettings, type DeploySettings, type Options } from './deploy/settings';
import { tcbIn, type Tcb } from './deploy/tcb';
import { verify } from './deploy/verify';
import { keptByNpm } from '../packages/cloudbase-local/src/command/flags';

const usage = `Usage: npm run deploy [-- [<step>...] [--env <id>] [--mode <name>] [--dry-run]]

Deploys the project to a cloud environment, and looks there whether it worked. What is in the cloud as it
should be is left alone: running it again changes nothing, and completes what an earlier run could not.

Steps, in this order; all of them where none is named:
  check      Node.js, settings, login and environment; comes before each of the others but build
  build      the cloud functions, as \`npm run build\`
  database   the collections, indexes and permissions of database/collections.json
  functions  the cloud functions that are not in the cloud as built
  verify     looks whether the database is as declared and each function in the cloud as built, and calls
             gettoken and orders

  --env <id>     the environment, instead of ENV_ID
  --mode <name>  reads .env.<name> too, after .env and .env.local
  --dry-run      says what would be changed, and changes nothing
  --help         print this
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
    interruption.abort(new DeployError('INTERRUPTED', message));
    // A connection that hangs would keep the process for a minute.
    setTimeout(() => process.exit(status), 3000).unref();
  });
}

async function main(): Promise<void> {
  const command = readCommand();
  if (command === undefined) {
    process.stdout.write(usage);
    return;
  }
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

/** @returns Nothing where help is asked for. */
function readCommand(): Command | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      env: { type: 'string' },
      mode: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  const kept = keptByNpm('deploy', ['env', 'mode', 'dry-run']);
  if (kept !== undefined) throw new DeployError('USAGE', kept);
  const chosen = positionals.map((name) => {
    const step = steps.find((known) => known === name);
    if (step !== undefined) return step;
    throw new DeployError('USAGE', `There is no step ${name}; the steps are ${steps.join(', ')}.`);
  });
  return {
    env: values.env,
    mode: values.mode,
    dryRun: values['dry-run'],
    chosen: new Set(chosen.length === 0 ? steps : chosen),
  };
}

/** Finds whatever would make a deployment fail, before anything is sent. */
async function check(options: Options, report: Report): Promise<Target> {
  report.step('Check');
  await checkNode();
  report.done(`Node.js ${process.versions.node}`);
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

async function checkNode(): Promise<void> {
  const text = await readFile(path.join(root, 'package.json'), 'utf8');
  const { engines } = v.parse(
    v.object({ engines: v.object({ node: v.string() }) }),
    JSON.parse(text),
  );
  const [least = 0, leastMinor = 0] = engines.node.replace('>=', '').split('.').map(Number);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > least || (major === least && minor >= leastMinor)) return;
  const message = `Node.js ${engines.node} is needed, this is ${process.versions.node}.`;
  throw new DeployError('NODE', message);
}

function build(report: Report): void {
  report.step('Build');
  const command = ['--import', 'tsx', path.join(root, 'scripts/build.ts')];
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new DeployError('BUILD', 'The build failed: nothing was sent.');
  report.done('Built');
}

async function wantFunctions({ functions, settings }: Target): Promise<WantedFunction[]> {
  return Promise.all(
    functions.map(async (config) =>
      wantFunction(config, await readBuiltCode(config.folder), settings.variables),
    ),
  );
}

runCommand(main, DeployError, LocalCloudError);
