import path from 'node:path';
import { startLocalCloud, type LocalCloudOptions } from './cloud';
import { runCommand } from './command/run';
import { ToolError } from './command/tool-error';
import { findStarter } from './starter';

const usage = `Usage: cloudbase-local [<folder>] [--data <folder>] [--panel <folder>] [--secret <NAME>]... [--reset]

Runs a CloudBase project on this machine: the cloud functions that its cloudbaserc.json declares, a
database for them, and the mini program in the browser. No WeChat account and no cloud environment is needed.
Changes of sources, of cloudbaserc.json and of database/ are served as they are saved.

  <folder>          the project. Default: this folder.
  --data <folder>   where the data is kept. Default: .local-cloud in the project.
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
      const cloud = await startLocalCloud({
        ...defaults,
        ...(values.panel === undefined ? {} : { panel: path.resolve(values.panel) }),
        ...(values.secret === undefined ? {} : { secrets: values.secret }),
        root,
        dataDir,
        port: portOf(process.env['PORT']),
        reset: values.reset ?? false,
      });
      process.stdout.write(
        `The local cloud is running: ${cloud.url}\n` +
          `Open it in a browser to see the mini program. Ctrl+C ends it; the data stays in ${dataDir}.\n`,
      );
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => void cloud.close());
      }
      starter.whenGone(() => void cloud.close());
    },
  });
}
