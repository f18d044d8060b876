import { runCommand } from 'cloudbase-local/command';
import { startCloudApi } from './cloud-api';

const usage = `Usage: npx tsx test/scripts/deploy/cloud-api/serve.ts [--help]

Plays Tencent's cloud API on this machine until Ctrl+C, for trying \`npm run deploy\` by hand.
Prints what another shell has to export, and then each call that it gets.
`;

async function serve(): Promise<void> {
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

runCommand({ usage, options: {}, run: serve });
