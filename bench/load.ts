import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from 'cloudbase-local/command';
import { buildAt } from './load/build-at';
import { openCallers, type Callers } from './load/callers';
import { startCloud, type Cloud } from './load/cloud';
import { busiest } from './load/profile';

const usage = `Usage: npm run bench -- load [--beside <commit>] [--seconds <n>] [--profile]

Calls \`orders\` on the local cloud as 1, 10, 50 and 200 phones at once: calls a second, and how long they waited,
and how long the process of the cloud and those of its functions computed for each.

  --beside <commit>  measures the local cloud of that commit too, in turn with this one, and prints the ratio
  --seconds <n>      how long each round takes. Default: 5.
  --profile          prints where the cloud's own process spends its time
  -h, --help         print this
`;

const root = path.resolve(__dirname, '..');
const phones = [1, 10, 50, 200];

interface Measured {
  readonly name: string;
  /** The command `cloudbase-local`. */
  readonly program: string;
}

/** Calls each cloud in turn, so that what else goes on here meets all of them. */
async function compare(measured: readonly Measured[], ms: number): Promise<void> {
  const open = await Promise.all(measured.map(({ program }) => openCloud(program)));
  try {
    for (const { callers } of open) await warm(callers, ms);
    print('', 'phones', 'calls/s', 'p50 ms', 'p99 ms', 'lost', 'cloud ms', 'inst. ms', 'ratio');
    for (const phone of phones) {
      let beside: number | undefined;
      for (const [at, { cloud, callers }] of open.entries()) {
        const before = cloud.computed();
        const { calls, callsPerSecond, p50, p99, lost } = await callers.call(phone, ms);
        const after = cloud.computed();
        const ratio = beside === undefined ? '' : (callsPerSecond / beside).toFixed(2);
        beside = callsPerSecond;
        const numbers = [callsPerSecond, p50, p99].map((number) => number.toFixed(0));
        const computed = [after.cloud - before.cloud, after.instances - before.instances];
        const each = computed.map((total) => (total / calls).toFixed(2));
        print(measured[at]?.name ?? '', String(phone), ...numbers, String(lost), ...each, ratio);
      }
    }
  } finally {
    for (const cloud of open) await cloud.close();
  }
}

async function profile({ program }: Measured, ms: number): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-load-profile-'));
  try {
    const cloud = await openCloud(program, folder);
    await warm(cloud.callers, ms);
    await cloud.callers.call(50, ms);
    await cloud.close();
    process.stdout.write('\nWhere the process of the cloud spends its time, in %\n');
    for (const { name, part } of busiest(folder)) {
      process.stdout.write(`${(part * 100).toFixed(1).padStart(5)}  ${name}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface OpenCloud {
  readonly cloud: Cloud;
  readonly callers: Callers;
  close(): Promise<void>;
}

async function openCloud(program: string, profiles?: string): Promise<OpenCloud> {
  const cloud = await startCloud(program, profiles);
  const callers = await openCallers(cloud.url);
  return {
    cloud,
    callers,
    async close() {
      await callers.close();
      await cloud.stop();
    },
  };
}

/** Has all instances started. */
async function warm(callers: Callers, ms: number): Promise<void> {
  await callers.call(20, ms);
}

function print(first: string, ...rest: string[]): void {
  process.stdout.write(`${first.padEnd(14)}${rest.map((text) => text.padStart(10)).join('')}\n`);
}

runCommand({
  usage,
  options: {
    beside: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    profile: { type: 'boolean', default: false },
  },
  async run({ values }) {
    const ms = Number(values.seconds) * 1000;
    const program = 'packages/cloudbase-local/bin/cloudbase-local.js';
    const now = { name: 'now', program: path.join(root, program) };
    const clouds =
      values.beside === undefined
        ? [now]
        : [{ name: values.beside, program: path.join(buildAt(values.beside), program) }, now];
    await compare(clouds, ms);
    if (values.profile) await profile(now, ms);
  },
});
