import { createSecureContext } from 'node:tls';
import * as v from 'valibot';
import { execute } from 'cloudbase-local/command';
import { requestSchema, type Request, type Run } from './protocol';

const written = { stdout: '', stderr: '' };
for (const name of ['stdout', 'stderr'] as const) {
  process[name].write = (chunk: string | Uint8Array) => {
    written[name] += chunk.toString();
    return true;
  };
}

/** Each loads what it stands on when it is first run. */
const commands: Record<Request['command'], (root: string, args: string[]) => Promise<void>> = {
  async deploy(root, args) {
    const { deployCommand } = await import('../../../scripts/deploy/command');
    await execute(deployCommand(root, new AbortController().signal), args);
  },
  async init(root, args) {
    const { initCommand } = await import('../../../scripts/init/command');
    await execute(initCommand(root), args);
  },
  async new(root, args) {
    const { newCommand } = await import('../../../scripts/new/command');
    await execute(newCommand(root), args);
  },
  async 'manager-calls'(_, args) {
    const { printManagerCalls } = await import('../deploy/cloud-api/manager-calls');
    await printManagerCalls(args);
  },
};

async function run({ command, root, args, cwd, environment }: Request): Promise<Run> {
  Object.assign(written, { stdout: '', stderr: '' });
  process.exitCode = 0;
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, environment);
  await commands[command](root, args);
  return { ...written, status: process.exitCode };
}

// Node.js reads NODE_EXTRA_CA_CERTS when it is first needed: the file may be gone by then.
createSecureContext();

process.on('message', (message) => {
  void run(v.parse(requestSchema, message)).then((ended) => process.send?.(ended));
});
