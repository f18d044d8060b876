import path from 'node:path';
import { startLocalCloud, type LocalCloudOptions } from './cloud';
import { runCommand } from './command/run';
import { ToolError } from './command/tool-error';
import { installPackages } from './install';
import { findStarter } from './starter';

const usage = `Usage: cloudbase-local [<folder>] [--data <folder>] [--install] [--panel <folder>] [--secret <NAME>]... [--reset]
       cloudbase-local import <file> <collection>    (see cloudbase-local import --help)
       cloudbase-local export <collection> [<file>]  (see cloudbase-local export --help)

Runs a CloudBase project on this machine: its cloud functions, a database for them, and the mini program in the
browser. No WeChat account, no cloud environment and no file written for it is needed. Changes are served as they
are saved.

  <folder>          the project. Default: this folder.
  --data <folder>   where the data is kept. Default: .local-cloud in the project.
  --install         installs with npm what the package.json of a function names and nobody installed
  --panel <folder>  what stands beside the phone in the browser: its panel.html, panel.css and panel.ts
  --secret <NAME>   a setting that is made at the first start if nobody gave it, and kept with the data
  --reset           begins with the samples of database/ alone, whatever the database held
  -h, --help        print this

Environment:
  PORT             the port on 127.0.0.1; 0 takes any free one. Default 7700.
  Settings of the functions come from the environment, .env.local or .env of the project.
`;

/** What a project's own start gives beside the flags. */
export type StartDefaults = Pick<
  LocalCloudOptions,
  'buildOptions' | 'checkSettings' | 'localSettings' | 'otherSettings' | 'panel' | 'secrets'
>;

const defaultPort = 7700;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function portOf(value: string | undefined): number {
  if (value === undefined || value === '') return defaultPort;
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new ToolError('SETTINGS', `PORT must be a number from 0 to 65535, not ${value}.`);
}

/**
 * Runs the command `cloudbase-local`, until it is told to end.
 *
 * @param defaults - Used if a flag does not say otherwise.
 * @param npmScript - The npm script that runs it, if one does.
 */
export function startCommand(defaults: StartDefaults, npmScript?: string): void {
  runCommand({
    usage,
    options: {
      data: { type: 'string' },
      install: { type: 'boolean' },
      panel: { type: 'string' },
      secret: { type: 'string', multiple: true },
      reset: { type: 'boolean' },
    },
    allowPositionals: true,
    ...(npmScript === undefined ? {} : { npmScript }),
    async run({ values, positionals: [folder = '.', ...more] }) {
      if (more.length > 0) throw new ToolError('USAGE', 'Only one project can be run. See --help.');
      if (values.data === '') throw new ToolError('USAGE', '--data must name a folder.');
      const root = path.resolve(folder);
      const dataDir = path.resolve(values.data ?? path.join(root, '.local-cloud'));
      const starter = findStarter();
      if (values.install === true) await installPackages(root, print);
      const cloud = await startLocalCloud({
        ...defaults,
        ...(values.panel === undefined ? {} : { panel: path.resolve(values.panel) }),
        ...(values.secret === undefined ? {} : { secrets: values.secret }),
        root,
        dataDir,
        port: portOf(process.env['PORT']),
        reset: values.reset ?? false,
      });
      print(`The local cloud is running: ${cloud.url}`);
      print(
        `Open it in a browser to see the mini program. Ctrl+C ends it; the data stays in ${dataDir}.`,
      );
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => void cloud.close());
      }
      starter.whenGone(() => void cloud.close());
    },
  });
}
