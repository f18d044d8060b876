import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { serialize } from 'bson';
import { open } from 'lmdb';
import { openStore } from '../../src/database/store';
import { makeProject, runScript, sdkFunction, startTestCloud, textWith } from '../project';
import { kill, serve, spawnServe } from '../served';

function makeSdkProject(): string {
  return makeProject({ functions: { sdk: sdkFunction }, collections: [{ name: 'notes' }] });
}

const add = "return (await db.collection('notes').add({ data: input }))._id";
const addMany = "await db.collection('notes').add({ data: input }); return 'added'";
const allIds = `
  const { list } = await db.collection('notes').aggregate().project({ _id: 1 }).end();
  return list.map(({ _id }) => _id).sort();`;

describe('What was acknowledged', () => {
  test('is there after the process was killed in the middle of writing', async () => {
    const root = makeSdkProject();
    const acknowledged: unknown[] = [];
    const served = await serve(root);
    const writer = async (name: string): Promise<void> => {
      for (let n = 0; ; n += 1) {
        acknowledged.push(await runScript(served, add, { _id: `${name}-${String(n)}` }));
        if (acknowledged.length === 60) await kill(served);
      }
    };
    await Promise.allSettled(['a', 'b', 'c', 'd'].map(writer));

    const cloud = await startTestCloud(root);
    const found = await runScript(cloud, allIds);
    await cloud.close();
    expect(acknowledged.length).toBeGreaterThanOrEqual(60);
    expect(found).toEqual(expect.arrayContaining(acknowledged));
  }, 60_000);

  test('of transactions is whole after the process was killed among them: no money is made or lost', async () => {
    const root = makeProject({
      functions: { sdk: sdkFunction },
      collections: [{ name: 'notes', indexes: [{ name: 'from', keys: [{ field: 'from' }] }] }],
    });
    const served = await serve(root);
    const accounts = Array.from({ length: 6 }, (_, n) => ({
      _id: `account${String(n)}`,
      balance: 100,
    }));
    await runScript(served, addMany, accounts);
    const transfer = `
      const transaction = await db.startTransaction();
      const notes = transaction.collection('notes');
      const [from, to] = [input.n % 6, (input.n + 1 + input.n % 5) % 6].map((n) => 'account' + n);
      await notes.doc(from).update({ data: { balance: _.inc(-7) } });
      await notes.add({ data: { _id: input.id, from, to } });
      await notes.doc(to).update({ data: { balance: _.inc(7) } });
      await transaction.commit();`;
    const acknowledged: string[] = [];
    const mover = async (name: string): Promise<void> => {
      for (
        let n = 0;
        served.process.exitCode === null && served.process.signalCode === null;
        n += 1
      ) {
        const id = `${name}-${String(n)}`;
        const done = await runScript(served, transfer, { id, n }).then(
          () => true,
          () => false,
        );
        if (done && acknowledged.push(id) === 25) await kill(served);
      }
    };
    await Promise.all(['a', 'b', 'c'].map(mover));

    const cloud = await startTestCloud(root);
    const found = await runScript(
      cloud,
      "return (await db.collection('notes').limit(1000).get()).data",
    );
    const byIndex = `return Promise.all(input.map(async ({ _id }) =>
      (await db.collection('notes').where({ from: _id }).count()).total))`;
    const counts = await runScript(cloud, byIndex, accounts);
    await cloud.close();
    const documents = found as { _id: string; balance?: number; from?: string; to?: string }[];
    const balances = new Map(accounts.map(({ _id, balance }) => [_id, balance]));
    for (const { from, to } of documents) {
      if (from === undefined || to === undefined) continue;
      balances.set(from, (balances.get(from) ?? 0) - 7);
      balances.set(to, (balances.get(to) ?? 0) + 7);
    }
    expect(counts).toEqual(
      accounts.map(({ _id }) => documents.filter(({ from }) => from === _id).length),
    );
    const kept = documents.filter(({ balance }) => balance !== undefined);
    expect(new Map(kept.map(({ _id, balance = 0 }) => [_id, balance]))).toEqual(balances);
    expect(kept.reduce((sum, { balance = 0 }) => sum + balance, 0)).toBe(600);
    expect(documents.map(({ _id }) => _id)).toEqual(expect.arrayContaining(acknowledged));
    expect(acknowledged.length).toBeGreaterThanOrEqual(25);
  }, 60_000);

  test('is there after an orderly restart, with every type as it was', async () => {
    const root = makeSdkProject();
    const write = `await db.collection('notes').add({ data: { _id: 1, at: new Date(5), big: 2 ** 45, f: 0.1, list: [{ a: null }] } })`;
    const read = `const { data } = await db.collection('notes').doc(1).get();
      return [data, data.at instanceof Date, data.at.getTime()]`;
    const before = await startTestCloud(root);
    await runScript(before, write);
    const first = await runScript(before, read);
    await before.close();
    const after = await startTestCloud(root);
    const second = await runScript(after, read);
    await after.close();
    expect(first).toEqual([expect.objectContaining({ big: 2 ** 45, f: 0.1 }), true, 5]);
    expect(second).toEqual(first);
  });

  test('stays, and is all there is, when the disk takes no more', async () => {
    const root = makeSdkProject();
    const served = await serve(root, '400');
    const acknowledged: string[] = [];
    const refused: string[] = [];
    for (let n = 0; refused.length === 0; n += 1) {
      const _id = `note-${String(n).padStart(3, '0')}`;
      const data = { _id, text: 'x'.repeat(20_000) };
      await runScript(served, add, data).then(
        () => acknowledged.push(_id),
        (error: unknown) => refused.push(String(error)),
      );
    }
    expect(refused[0]).toContain('could not write');
    expect(await runScript(served, allIds)).toEqual(acknowledged);
    await expect(
      runScript(served, addMany, [{ _id: 'x', text: 'x'.repeat(50_000) }]),
    ).rejects.toThrow();
    expect(await runScript(served, allIds)).toEqual(acknowledged);
    await kill(served);

    const cloud = await startTestCloud(root);
    expect(await runScript(cloud, allIds)).toEqual(acknowledged);
    await cloud.close();
  }, 60_000);
});

test('A disk that takes not even the first documents is named in one sentence', async () => {
  const samples = { things: [{ _id: 'big', text: 'x'.repeat(50_000) }] };
  const root = makeProject({ functions: {}, collections: [{ name: 'things' }], samples });
  const child = spawnServe(root, '40');
  const [message, exit] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(exit).toEqual([1, null]);
  expect(message).toMatch(
    /The data folder [^\n]* cannot be written to \([^\n]+\); --data [^\n]+\.\n$/,
  );
  await (await startTestCloud(root)).close();
});

describe('A store of another version', () => {
  test('is taken over, if it is the first one, with its documents and their order by id', async () => {
    const root = makeSdkProject();
    const folder = path.join(root, '.local-cloud');
    mkdirSync(folder);
    const old = open<Buffer, string[]>({
      path: path.join(folder, 'data.mdb'),
      noSubdir: true,
      encoding: 'binary',
    });
    const documents = [
      { _id: 'a', at: new Date(5) },
      { _id: 'b', list: [1, { x: null }] },
    ];
    await old.put(['collection', 'notes'], Buffer.alloc(0));
    await old.put(['collection', 'gone'], Buffer.alloc(0));
    for (const document of documents) {
      const bytes = serialize(document);
      const checksum = Buffer.alloc(4);
      checksum.writeUInt32LE(crc32(bytes));
      await old.put(['document', 'notes', `s${document._id}`], Buffer.concat([checksum, bytes]));
    }
    await old.close();
    const read =
      "return [(await db.collection('notes').get()).data, (await db.collection('gone').count()).total]";
    const expected = [JSON.parse(JSON.stringify(documents)) as unknown, 0];
    for (let start = 0; start < 2; start += 1) {
      const cloud = await startTestCloud(root);
      expect(await runScript(cloud, read)).toEqual(expected);
      await cloud.close();
    }
  });

  test('is refused in one sentence, if it is newer', async () => {
    const root = makeSdkProject();
    await (await startTestCloud(root)).close();
    const file = path.join(root, '.local-cloud/data.mdb');
    const newer = openStore(file);
    newer.write(() => {
      newer.writeDescription('notes', { format: 3, id: 1 });
    });
    await newer.close();
    const before = readFileSync(file);
    await expect(startTestCloud(root)).rejects.toMatchObject({
      code: 'DATA_NEWER',
      message: textWith(/^The data in [^\n]* newer version of cloudbase-local; update it[^\n]*$/),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe('A damaged data folder', () => {
  const damages: [string, (file: string) => void][] = [
    [
      'is no database',
      (file) => {
        writeFileSync(file, 'garbage');
      },
    ],
    [
      'is empty',
      (file) => {
        writeFileSync(file, '');
      },
    ],
    [
      'is cut in half',
      (file) => {
        truncateSync(file, Math.floor(statSync(file).size / 2));
      },
    ],
    [
      'has a page overwritten',
      (file) => {
        const needle = readFileSync(file).lastIndexOf('needle');
        overwrite(file, needle - (needle % 4096), 4096, 0xa5);
      },
    ],
    [
      'has a flipped letter in an index',
      (file) => {
        overwrite(file, readFileSync(file).lastIndexOf('n199\0\0') + 1, 1, 0x38);
      },
    ],
    [
      'has a flipped letter in a document',
      (file) => {
        overwrite(file, readFileSync(file).lastIndexOf('needle'), 1, 0x58);
      },
    ],
  ];

  let whole: string;

  beforeAll(async () => {
    const root = makeSdkProject();
    const cloud = await startTestCloud(root);
    const documents = Array.from({ length: 200 }, (_, n) => ({
      _id: `n${String(n)}`,
      text: 'needle',
    }));
    await runScript(cloud, addMany, documents);
    await cloud.close();
    whole = path.join(root, '.local-cloud');
  });

  test.each(damages)('that %s is refused in one sentence and left as it is', async (_, damage) => {
    const root = makeSdkProject();
    cpSync(whole, path.join(root, '.local-cloud'), { recursive: true });
    const folder = path.join(root, '.local-cloud');
    const file = path.join(folder, 'data.mdb');
    damage(file);
    const damaged = readFileSync(file);

    await expect(startTestCloud(root)).rejects.toMatchObject({
      code: 'DATA_DAMAGED',
      message: textWith(/^The data in .* is damaged .*nothing was changed.*[^\n]$/),
    });
    expect(readFileSync(file).equals(damaged)).toBe(true);
    expect(readdirSync(folder)).toContain('settings.json');
  });

  function overwrite(file: string, from: number, length: number, byte: number): void {
    const bytes = readFileSync(file);
    expect(from).toBeGreaterThan(0);
    bytes.fill(byte, from, from + length);
    writeFileSync(file, bytes);
  }
});
