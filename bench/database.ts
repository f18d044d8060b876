import { runCommand } from 'cloudbase-local/command';
import { makeProject, startCloud, userOf, type Cloud, type Project } from './database/orders';

const usage = `Usage: npx tsx bench/database.ts [--quick]

Measures the database of the local cloud in a process of its own, over HTTP as the SDK talks to it, with
10^3, 10^5 and 10^6 documents in one collection: without an index and with the one that is declared.

  --quick     10^3 and 10^5 documents
  -h, --help  print this
`;

const order = JSON.stringify({ createdAt: { $numberInt: '-1' }, _id: { $numberInt: '-1' } });
const sideBySide = 50;

/** The newest of one user, and the page after them, as the function `orders` asks. */
function queries(size: number, call: number): string[] {
  const openid = userOf(call * 7, size);
  const time = {
    $date: { $numberLong: String(Date.UTC(2026, 0, 1) + Math.floor(size / 6) * 1000) },
  };
  const after = [
    { openid, createdAt: { $lt: time } },
    { openid, createdAt: time, _id: { $lt: 'order-0000zz' } },
  ];
  return [JSON.stringify({ openid }), JSON.stringify({ $or: after })];
}

async function ask(cloud: Cloud, size: number, call: number): Promise<number> {
  const query = queries(size, call)[call % 2];
  const before = performance.now();
  await cloud.request('getDocument', { query, order, limit: 21 });
  return performance.now() - before;
}

/** @returns A row: alone, and so many at a time; a call that takes 20 s has failed. */
async function measureQueries(cloud: Cloud, size: number, calls: number): Promise<string[]> {
  for (let call = 0; call < Math.min(calls, 20); call += 1) await ask(cloud, size, call);
  const alone: number[] = [];
  for (let call = 0; call < calls; call += 1) alone.push(await ask(cloud, size, call));
  const rounds = Math.max(1, Math.round(calls / sideBySide));
  const together: number[] = [];
  let failed = 0;
  for (let round = 0; round < rounds; round += 1) {
    const all = Array.from({ length: sideBySide }, (_, n) => ask(cloud, size, n + round));
    for (const outcome of await Promise.allSettled(all)) {
      if (outcome.status === 'fulfilled') together.push(outcome.value);
      else failed += 1;
    }
  }
  return [
    ...[0.5, 0.99].map((part) => quantile(alone, part)),
    ...[0.5, 0.99].map((part) => quantile(together, part)),
    `${failed} of ${rounds * sideBySide}`,
  ];
}

async function measureTransactions(cloud: Cloud, size: number): Promise<string[]> {
  const reads: number[] = [];
  const whole: number[] = [];
  for (let call = 0; call < 50; call += 1) {
    const before = performance.now();
    const { transactionId } = await cloud.request('startTransaction', {});
    const one = { transactionId, query: JSON.stringify({ _id: idOf(call % size) }), multi: false };
    await cloud.request('getDocument', one);
    reads.push(performance.now() - before);
    const data = JSON.stringify({ $set: { n: { $numberInt: String(call) } } });
    await cloud.request('modifyDocument', { ...one, data });
    await cloud.request('commitTransaction', { transactionId });
    whole.push(performance.now() - before);
  }
  return [quantile(reads, 0.5), quantile(whole, 0.5), quantile(whole, 0.99)];
}

function idOf(n: number): string {
  return `order-${n.toString(36).padStart(6, '0')}`;
}

function quantile(values: readonly number[], part: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN).toFixed(1);
}

/** One write that reaches up to 130,000 documents, and how long others wait meanwhile. */
async function measureLargeWrite(cloud: Cloud, size: number): Promise<string> {
  const time = { $date: { $numberLong: String(Date.UTC(2026, 0, 1) + 43_333 * 1000) } };
  const query = JSON.stringify({ createdAt: { $lt: time } });
  const data = JSON.stringify({ $set: { seen: true } });
  const before = performance.now();
  const state = { isDone: false };
  const write = cloud
    .request('modifyDocument', { query, data, multi: true, merge: true }, 120)
    .catch((error: unknown) => ({ data: String(error) }))
    .finally(() => {
      state.isDone = true;
    });
  const waits: number[] = [];
  for (let call = 0; !state.isDone; call += 1) waits.push(await ask(cloud, size, call));
  const answer: { data?: unknown } = await write;
  const seconds = ((performance.now() - before) / 1000).toFixed(1);
  const cells = [seconds, quantile(waits, 0.5), quantile(waits, 1)];
  return columns(String(size), '', ...cells) + `   ${JSON.stringify(answer.data)}`;
}

async function measureSize(project: Project): Promise<void> {
  const { size } = project;
  for (const indexed of [false, true]) {
    const first = await startCloud(project, indexed);
    // The first start with another declaration builds the index or takes it away; the second is as every other one.
    const built = await first.buildMilliseconds();
    await first.stop();
    const cloud = await startCloud(project, indexed);
    const idle = cloud.memory();
    // A scan of everything takes long: fewer will do.
    const calls = indexed ? 200 : size > 100_000 ? 3 : 20;
    const row = await measureQueries(cloud, size, calls);
    const { own, mapped } = cloud.memory();
    const seconds = [built, cloud.startMilliseconds].map((each) => (each / 1000).toFixed(1));
    print(
      columns(
        String(size),
        indexed ? 'index' : 'scan',
        ...row,
        ...seconds,
        String(idle.own),
        `${own} + ${mapped}`,
      ),
    );
    if (indexed)
      transactionRows.push(columns(String(size), '', ...(await measureTransactions(cloud, size))));
    if (indexed && size >= 100_000) writeRows.push(await measureLargeWrite(cloud, size));
    await cloud.stop();
  }
}

const transactionRows: string[] = [];
const writeRows: string[] = [];

async function measureDatabase(quick: boolean): Promise<void> {
  print(
    'The newest 21 documents of one user and the page after them: ms of a call, alone and 50 side by side',
  );
  print(
    columns(
      'documents',
      '',
      'p50',
      'p99',
      '50: p50',
      '50: p99',
      'failed',
      'index s',
      'start s',
      'idle MB',
      'MB + mapped',
    ),
  );
  for (const size of quick ? [1_000, 100_000] : [1_000, 100_000, 1_000_000]) {
    const project = await makeProject(size);
    try {
      await measureSize(project);
    } finally {
      project.remove();
    }
  }
  print(
    '\nA transaction: ms to start it and read one document, and of the whole with an update and the commit',
  );
  print(columns('documents', '', 'read p50', 'whole p50', 'whole p99'));
  for (const row of transactionRows) print(row);
  print('\nOne update of up to 130,000 documents: s; and ms that others wait for a page meanwhile');
  print(columns('documents', '', 'update s', 'wait p50', 'longest'));
  for (const row of writeRows) print(row);
}

function columns(first: string, second: string, ...rest: string[]): string {
  return first.padEnd(10) + second.padEnd(6) + rest.map((text) => text.padStart(12)).join('');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

runCommand({
  usage,
  options: { quick: { type: 'boolean', default: false } },
  run: ({ values }) => measureDatabase(values.quick),
});
