import { parseArgs } from 'node:util';
import { runCommand } from '../../../../packages/cloudbase-local/src/command/run';
import { startCloudApi } from './cloud-api';

const usage = `Usage: npx tsx test/scripts/deploy/cloud-api/serve.ts [--help]

Plays Tencent's cloud API on this machine until Ctrl+C, for trying \`npm run deploy\` by hand.
Prints what another shell has to export, and then each call that it gets.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const api = await startCloudApi({
    onCall: (call) => process.stderr.write(`${Object.values(call).join(' ')}\n`),
  });
  for (const [name, value] of Object.entries({ ...api.environment, ENV_ID: 'test-1' })) {
    process.stdout.write(`export ${name}='${value}'\n`);
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void api.stop());
  }
}

runCommand(main, Error);
