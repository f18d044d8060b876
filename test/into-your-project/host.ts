import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostSdk } from '../host-sdk';
import { handWritten, readSteps, repository, type Language, type Step } from './document';

/** Somebody's project, which did what the document says. */
export interface Host {
  readonly root: string;
  /** How many lines were written by hand on each side. */
  readonly lines: { readonly cloud: number; readonly phone: number };
  read(file: string): string;
  remove(): void;
}

const fixtures: Record<Language, { folder: string; installed: Record<string, string[]> }> = {
  JavaScript: {
    folder: 'js-template',
    installed: {
      'cloudfunctions/profile': ['wx-server-sdk'],
      'cloudfunctions/shop': ['wx-server-sdk'],
    },
  },
  TypeScript: {
    folder: 'ts-project',
    installed: {
      '.': ['@types/node', 'esbuild', 'miniprogram-api-typings', 'typescript', 'wx-server-sdk'],
      'cloudfunctions/tasks': ['wx-server-sdk'],
    },
  },
};

/** Copies a project in its untouched state, with its own packages installed, and does what the document says. */
export function makeHost(language: Language): Host {
  const root = mkdtempSync(path.join(tmpdir(), 'token-loop-host-'));
  const { folder, installed } = fixtures[language];
  cpSync(path.join(__dirname, folder), root, { recursive: true });
  for (const [place, names] of Object.entries(installed)) {
    for (const name of names) {
      const link = path.join(root, place, 'node_modules', name);
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(
        name === 'wx-server-sdk' ? hostSdk : path.join(repository, 'node_modules', name),
        link,
      );
    }
  }
  const steps = readSteps(language);
  for (const [index, step] of steps.entries()) follow(root, step, index === 0 ? repository : root);
  const linesOf = (isOf: (file: string) => boolean) =>
    steps
      .filter((step) => step.kind !== 'run' && isOf(step.file))
      .reduce((sum, step) => sum + handWritten(step), 0);
  return {
    root,
    lines: {
      cloud: linesOf((file) => /^cloud/.test(file)),
      phone: linesOf((file) => !/^cloud/.test(file)),
    },
    read: (file) => readFileSync(path.join(root, file), 'utf8'),
    remove: () => {
      rmSync(root, { recursive: true });
    },
  };
}

function follow(root: string, step: Step, cwd: string): void {
  if (step.kind === 'run') {
    run(step.script, root, cwd);
    return;
  }
  const file = path.join(root, step.file);
  if (step.kind === 'write') {
    writeFileSync(file, step.text);
    return;
  }
  const text = readFileSync(file, 'utf8');
  if (text.split(step.before).length !== 2) {
    throw new Error(`${step.file} must have this once:\n${step.before}`);
  }
  writeFileSync(
    file,
    text.replace(step.before, () => step.after),
  );
}

/** As a reader's shell does, with what would take long or need a network left out. */
function run(script: string, project: string, cwd: string): void {
  const env = {
    ...process.env,
    PATH: [path.join(repository, 'node_modules/.bin'), process.env['PATH']].join(path.delimiter),
    PROJECT: project,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_loglevel: 'error',
    npm_config_offline: 'true',
    // What is packed is what was built: other tests use it meanwhile.
    npm_config_ignore_scripts: 'true',
  };
  const own = script.replace(/^export PROJECT=.*$/m, '');
  execFileSync('bash', ['-euc', own], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
}
