import path from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalCloud } from './cloud';
import { runCommand } from './command/run';
import { LocalCloudError } from './command/errors';
import { findStarter } from './starter';

const usage = `Usage: npm start [-- --data <folder>]

Runs the whole project on this machine: the built cloud functions, a database, and the mini program
in the browser. No WeChat account and no cloud environment is needed.

  --data <folder>  where the data is kept. Default: .local-cloud in the project.
  --help           print this

Environment:
  PORT             the port on 127.0.0.1; 0 takes any free one. Default 7700.
  Settings of the functions, such as TOKEN_TTL_SECONDS, come from the environment, .env.local or .env;
  what is needed and missing is made at the first start and kept with the data.
`;

const defaultPort = 7700;

function portOf(value: string | undefined): number {
  if (value === undefined || value === '') return defaultPort;
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new LocalCloudError('SETTINGS', `PORT must be a number from 0 to 65535, not ${value}.`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  if (values.data === '') throw new LocalCloudError('SETTINGS', '--data must name a folder.');
  const root = path.resolve(__dirname, '../../..');
  const dataDir = path.resolve(values.data ?? path.join(root, '.local-cloud'));
  const starter = findStarter();
  const cloud = await startLocalCloud({
    root,
    dataDir,
    port: portOf(process.env['PORT']),
  });
  process.stdout.write(
    `The local cloud is running: ${cloud.url}\n` +
      `Open it in a browser to see the mini program. Ctrl+C ends it; the data stays in ${dataDir}.\n`,
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cloud.stop());
  }
  starter.whenGone(() => void cloud.stop());
}

runCommand(main, LocalCloudError);
