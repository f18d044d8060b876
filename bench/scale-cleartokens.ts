import * as v from 'valibot';
import { runCommand, ToolError } from 'cloudbase-local/command';
import { startTestCloud, type TestCloud } from '../test/server/test-cloud';

const usage = `Usage: npm run bench -- scale-cleartokens [--tokens N]

Puts expired tokens into the database of a local cloud and lets the real cleartokens run until none is left:
how many runs that takes, each within its time limit of cloudbaserc.json, and how long a batch is.

  --tokens N  default 100000
  -h, --help  print this
`;

const answerSchema = v.object({ code: v.literal(1), removed: v.number(), more: v.boolean() });
const atOnce = 10_000;

/** As `gettoken` writes it, with a session_key: its size is that of a real one. */
function expiredToken(index: number, expiresAt: Date) {
  const text = index.toString(36).padStart(43, '0');
  return {
    _id: `ab.${text}`,
    uid: text,
    openid: `oBench_${text.slice(-21)}`,
    appid: 'wx0123456789abcdef',
    sessionKey: text + text,
    since: expiresAt,
    createdAt: expiresAt,
    expiresAt,
    proof: text,
  };
}

async function fill(cloud: TestCloud, tokens: number): Promise<void> {
  const anHourAgo = Date.now() - 3_600_000;
  for (let from = 0; from < tokens; from += atOnce) {
    const count = Math.min(atOnce, tokens - from);
    const documents = Array.from({ length: count }, (_, each) =>
      expiredToken(from + each, new Date(anHourAgo - ((from + each) % 720_000))),
    );
    await cloud.database.insert('tokens', documents);
  }
}

async function measure(tokens: number): Promise<void> {
  if (!Number.isSafeInteger(tokens) || tokens < 1) {
    throw new ToolError('USAGE', '--tokens: expected a whole number, 1 or more');
  }
  const cloud = await startTestCloud({ realClock: true });
  try {
    await fill(cloud, tokens);
    print(columns('run', 'removed', 's', 'batches', 'ms a batch', 'left'));
    for (let run = 1, left = tokens; left > 0; run += 1) {
      const started = performance.now();
      const { removed, more } = v.parse(answerSchema, await cloud.call('cleartokens', {}, null));
      const ms = performance.now() - started;
      left -= removed;
      const batches = Math.ceil((cloud.takeLog()[0]?.databaseCalls ?? 0) / 2);
      const cells = [removed, (ms / 1000).toFixed(1), batches, (ms / batches).toFixed(1), left];
      print(columns(String(run), ...cells.map(String)));
      if (!more) break;
    }
  } finally {
    await cloud.stop();
  }
}

function columns(first: string, ...rest: string[]): string {
  return first.padEnd(6) + rest.map((text) => text.padStart(12)).join('');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

runCommand({
  usage,
  options: { tokens: { type: 'string', default: '100000' } },
  run: ({ values }) => measure(Number(values.tokens)),
});
