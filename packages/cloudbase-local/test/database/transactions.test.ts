import path from 'node:path';
import fc from 'fast-check';
import { carryOut } from '../../src/database/actions';
import { openDatabase, type Database } from '../../src/database/database';
import type { Fields, StoredDocument } from '../../src/database/document';
import { stringify } from '../../src/database/ejson';
import { openStore, type Store } from '../../src/database/store';
import { transactionLife, type Timer } from '../../src/database/transactions';
import { newFolder } from '../project';
import { contentsOf } from './documents';

/** A clock that stands until it is moved. */
class Clock {
  private readonly timers = new Map<number, { at: number; run: () => void }>();
  private now = 0;
  private count = 0;

  readonly timer: Timer = (milliseconds, run) => {
    const id = this.count++;
    this.timers.set(id, { at: this.now + milliseconds, run });
    return () => this.timers.delete(id);
  };

  pass(milliseconds: number): void {
    this.now += milliseconds;
    for (const [id, { at, run }] of this.timers) {
      if (at > this.now) continue;
      this.timers.delete(id);
      run();
    }
  }

  get pending(): number {
    return this.timers.size;
  }
}

let clock: Clock;
let store: Store;
let database: Database;

beforeEach(async () => {
  clock = new Clock();
  store = openStore(path.join(newFolder(), 'data.mdb'));
  database = openDatabase(store, clock.timer);
  await database.write((writer) => {
    const collection = writer.addCollection('c');
    writer.declareIndexes(collection, [
      { name: 'u', unique: true, keys: [{ field: 'u', direction: 1 }] },
      { name: 'n', unique: false, keys: [{ field: 'n', direction: 1 }] },
    ]);
    for (const [_id, n] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const) {
      writer.insert(collection, { _id, n, u: _id });
    }
  });
});

afterEach(() => database.close());

async function request(action: string, body: Fields = {}): Promise<Fields> {
  return carryOut(database, `database.${action}`, { collectionName: 'c', ...body }, 0);
}

/** A transaction as the SDK sees it; `undefined` is no transaction. */
function session(transactionId?: string) {
  const within = transactionId === undefined ? {} : { transactionId };
  const id = (_id: unknown) => ({ query: stringify({ _id }), multi: false, ...within });
  const stored = (answer: Fields): StoredDocument[] =>
    (answer['data'] as { list: string[] }).list.map((text) => parse(text));
  return {
    get: async (_id: unknown) => stored(await request('getDocument', id(_id)))[0] ?? null,
    find: async (query: Fields, order?: Fields) =>
      stored(
        await request('getDocument', {
          query: stringify(query),
          ...(order === undefined ? {} : { order: stringify(order) }),
          ...within,
        }),
      ).map(({ _id }) => _id),
    add: (data: Fields) => request('insertDocument', { data: [stringify(data)], ...within }),
    update: (_id: unknown, data: Fields) =>
      request('modifyDocument', { ...id(_id), data: stringify(data) }),
    set: (_id: unknown, data: Fields) =>
      request('modifyDocument', { ...id(_id), data: stringify(data), merge: false, upsert: true }),
    updateAndReturn: (_id: unknown, data: Fields) =>
      request('modifyAndReturnDoc', { ...id(_id), data: stringify(data) }),
    remove: (_id: unknown) => request('removeDocument', id(_id)),
    commit: () => request('commitTransaction', within),
    abort: () => request('abortTransaction', within),
  };
}

function parse(text: string): StoredDocument {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'object' && value !== null && '$numberInt' in value
      ? Number(value.$numberInt)
      : value,
  ) as StoredDocument;
}

async function start() {
  const { transactionId } = await request('startTransaction');
  if (typeof transactionId !== 'string') throw new Error('no id');
  return session(transactionId);
}

const outside = session();
const conflict = expect.objectContaining({ code: 'DATABASE_TRANSACTION_CONFLICT' }) as unknown;
const gone = expect.objectContaining({ code: 'DATABASE_TRANSACTION_FAIL' }) as unknown;
const inc = (n: number): Fields => ({ $inc: { n } });

/** Lets everything that is not held by a transaction come to its end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('A transaction', () => {
  test('sees its own changes, by every operation; nobody else does before the commit', async () => {
    const one = await start();
    await one.add({ _id: 'd', n: 0, u: 'd' });
    await one.update('a', inc(10));
    await one.remove('b');
    await one.set('c', { n: 9, u: 'c' });
    await one.set('e', { n: 5, u: 'e' });
    expect(await one.updateAndReturn('a', inc(1))).toMatchObject({
      data: { updated: 1, doc: '{"_id":"a","n":{"$numberInt":"12"},"u":"a"}' },
    });
    const seen = { a: 12, b: null, c: 9, d: 0, e: 5 };
    for (const [_id, n] of Object.entries(seen))
      expect((await one.get(_id))?.['n'] ?? null).toBe(n);
    expect(await one.find({}, { n: 1 })).toEqual(['d', 'e', 'c', 'a']);
    expect(await one.find({ n: { $gte: 5 } }, { n: -1 })).toEqual(['a', 'c', 'e']);
    expect(await outside.find({}, { n: 1 })).toEqual(['a', 'b', 'c']);
    await one.commit();
    expect(await outside.find({}, { n: 1 })).toEqual(['d', 'e', 'c', 'a']);
    expect((await outside.get('a'))?.['n']).toBe(12);
  });

  test('that is rolled back leaves nothing, and lets go of what it held', async () => {
    const before = contentsOf(database, 'c');
    const one = await start();
    await one.update('a', inc(1));
    await one.add({ _id: 'd', u: 'd' });
    await one.remove('b');
    await one.abort();
    expect(contentsOf(database, 'c')).toEqual(before);
    await outside.update('a', inc(1));
    await outside.add({ _id: 'd', u: 'd' });
    await expect(one.get('a')).rejects.toEqual(gone);
    expect(clock.pending).toBe(0);
  });

  test('reads the state at its first operation, not that at its start', async () => {
    const one = await start();
    await outside.update('a', inc(1));
    expect((await one.get('b'))?.['n']).toBe(2);
    await outside.update('a', inc(1));
    await outside.add({ _id: 'd', n: 4 });
    expect((await one.get('a'))?.['n']).toBe(2);
    expect(await one.find({ n: { $gt: 0 } }, { n: 1 })).toEqual(['a', 'b', 'c']);
    await one.commit();
  });

  test('conflicts at once with another one that wrote the document; that one goes on', async () => {
    const [one, two] = [await start(), await start()];
    await one.get('a');
    await two.update('a', inc(1));
    await expect(one.update('a', inc(5))).rejects.toEqual(conflict);
    await expect(one.commit()).rejects.toEqual(gone);
    await two.commit();
    expect((await outside.get('a'))?.['n']).toBe(2);
  });

  test.each(['update', 'remove', 'set'] as const)(
    'conflicts by %s with a change since its snapshot',
    async (kind) => {
      const one = await start();
      await one.get('b');
      await outside.update('a', inc(1));
      await expect(
        kind === 'remove' ? one.remove('a') : one[kind]('a', kind === 'set' ? {} : inc(1)),
      ).rejects.toEqual(conflict);
    },
  );

  test('conflicts with a document that came since its snapshot, or is being made', async () => {
    const [one, two, three] = [await start(), await start(), await start()];
    for (const each of [one, two, three]) await each.get('a');
    await outside.add({ _id: 'd', u: 'd' });
    await expect(one.add({ _id: 'd' })).rejects.toEqual(conflict);
    await two.add({ _id: 'e', u: 'x' });
    await expect(three.add({ _id: 'f', u: 'x' })).rejects.toEqual(conflict);
  });

  test('keeps unique what is unique, and may pass a key on', async () => {
    const one = await start();
    await expect(one.add({ _id: 'd', u: 'a' })).rejects.toThrow('E11000');
    await expect(one.commit()).rejects.toEqual(gone);
    const two = await start();
    await two.update('a', { $set: { u: 'other' } });
    await two.add({ _id: 'd', u: 'a' });
    await two.remove('b');
    await two.set('b', { u: 'b', again: true });
    await expect(two.commit()).resolves.toEqual({});
    expect(await outside.find({ u: 'a' })).toEqual(['d']);
    expect(await outside.get('b')).toEqual({ _id: 'b', u: 'b', again: true });
    const three = await start();
    await three.add({ _id: 'x', u: 'same' });
    await expect(three.add({ _id: 'y', u: 'same' })).rejects.toThrow('E11000');
  });

  test('lets write skew through, as MongoDB does', async () => {
    const [one, two] = [await start(), await start()];
    await one.get('a');
    await two.get('b');
    await one.update('b', inc(10));
    await two.update('a', inc(10));
    await one.commit();
    await two.commit();
    expect([(await outside.get('a'))?.['n'], (await outside.get('b'))?.['n']]).toEqual([11, 12]);
  });

  test('lives for 30 seconds', async () => {
    const one = await start();
    await one.update('a', inc(1));
    clock.pass(transactionLife - 1);
    await one.update('a', inc(1));
    clock.pass(1);
    await expect(one.commit()).rejects.toEqual(gone);
    expect((await outside.get('a'))?.['n']).toBe(1);
  });

  test.each(['commit', 'abort'] as const)('is over after %s', async (end) => {
    const one = await start();
    await one.update('a', inc(1));
    await one[end]();
    for (const again of [
      one.get('a'),
      one.update('a', inc(1)),
      one.commit(),
      one.abort(),
      one.add({}),
    ]) {
      await expect(again).rejects.toEqual(gone);
    }
  });

  test('that the disk refuses changes nothing, and lets go of what it held', async () => {
    const before = contentsOf(database, 'c');
    const write = store.write.bind(store);
    store.write = (step) => {
      write(() => {
        step();
        throw new Error('the disk is full');
      });
    };
    const one = await start();
    await one.update('a', inc(1));
    await one.add({ _id: 'd', u: ['x', 'y'] });
    await expect(one.commit()).rejects.toThrow('could not write');
    store.write = write;
    expect(contentsOf(database, 'c')).toEqual(before);
    expect(database.collection('c').indexes.some(({ multikey }) => multikey)).toBe(false);
    await outside.update('a', inc(1));
    await outside.add({ _id: 'd', u: 'x' });
    await expect(one.abort()).rejects.toEqual(gone);
  });

  test('is ended by what fails in the database, not by a request that is malformed', async () => {
    const one = await start();
    await expect(request('getDocument', { transactionId: 'none' })).rejects.toEqual(gone);
    await one.update('a', inc(1));
    await expect(one.update('a', { $bogus: { n: 1 } })).rejects.toMatchObject({
      code: 'DATABASE_INVALID_OPERRATOR',
    });
    await expect(one.commit()).rejects.toEqual(gone);
  });

  test('reads no more than a query outside does', async () => {
    const lines: string[] = [];
    const now = jest.spyOn(performance, 'now');
    const one = await start();
    await one.update('a', inc(1));
    let time = 0;
    now.mockImplementation(() => (time += 200));
    const { transactionId } = await request('startTransaction');
    const body = { collectionName: 'c', query: stringify({ _id: 'b' }), transactionId };
    await carryOut(database, 'database.getDocument', body, 0, (line) => lines.push(line));
    now.mockRestore();
    expect(lines).toEqual([
      'database: slow (200 ms) database.getDocument; c: IXSCAN _id_, 1 keys and 1 documents examined, 1 found',
    ]);
  });
});

describe('A write from outside', () => {
  test.each(['commit', 'abort'] as const)(
    'waits for a transaction that holds the document, and goes on after %s',
    async (end) => {
      const one = await start();
      await one.update('a', inc(10));
      let done = false;
      const write = outside.update('a', inc(1)).then(() => (done = true));
      await outside.update('b', inc(1));
      await settle();
      expect(done).toBe(false);
      expect((await outside.get('a'))?.['n']).toBe(1);
      await one[end]();
      await write;
      expect((await outside.get('a'))?.['n']).toBe(end === 'commit' ? 12 : 2);
    },
  );

  test('waits no longer than a transaction lives, and not for what is held otherwise', async () => {
    const one = await start();
    await one.add({ _id: 'd', u: 'd' });
    await one.remove('a');
    const writes = Promise.allSettled([
      outside.add({ _id: 'd' }),
      outside.remove('a'),
      outside.add({ _id: 'e', u: 'd' }),
    ]);
    await settle();
    expect(contentsOf(database, 'c')).toHaveLength(3);
    clock.pass(transactionLife);
    const statuses = (await writes).map(({ status }) => status);
    expect(statuses).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  });

  test('fails by the rules of what was committed before it', async () => {
    const one = await start();
    await one.add({ _id: 'd', u: 'd' });
    const write = outside.add({ _id: 'd' });
    await one.commit();
    await expect(write).rejects.toThrow('E11000');
  });
});

test('Money that many transactions move about stays as much, under every schedule', async () => {
  const accounts = ['a', 'b', 'c'];
  const transfer = fc.record({
    from: fc.constantFrom(...accounts),
    to: fc.constantFrom(...accounts),
    amount: fc.integer({ min: 1, max: 5 }),
    end: fc.constantFrom('commit', 'commit', 'abort'),
  });
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.array(transfer, { minLength: 2, maxLength: 5 }),
    async (scheduler, transfers) => {
      await Promise.all(accounts.map((_id) => outside.set(_id, { n: 100, u: _id })));
      const balances = new Map(accounts.map((_id) => [_id, 100]));
      /** One step of a transfer, at the time that the schedule gives it. */
      const step = async <T>(run: () => Promise<T>): Promise<T> => {
        await scheduler.schedule(Promise.resolve());
        return run();
      };
      const move = async ({ from, to, amount, end }: (typeof transfers)[number]): Promise<void> => {
        const one = await step(start);
        try {
          const seen: number[] = [];
          for (const _id of accounts) seen.push(Number((await step(() => one.get(_id)))?.['n']));
          // A snapshot is never torn.
          expect(seen.reduce((sum, n) => sum + n, 0)).toBe(300);
          await step(() => one.update(from, inc(-amount)));
          await step(() => one.update(to, inc(amount)));
          await step(() => (end === 'commit' ? one.commit() : one.abort()));
          if (end === 'abort') return;
          balances.set(from, (balances.get(from) ?? 0) - amount);
          balances.set(to, (balances.get(to) ?? 0) + amount);
        } catch (error) {
          expect(error).toEqual(conflict);
        }
      };
      const moves = Promise.all(transfers.map(move));
      await scheduler.waitFor(moves);
      const found = await Promise.all(
        accounts.map(async (_id) => [_id, (await outside.get(_id))?.['n']] as const),
      );
      expect(new Map(found)).toEqual(balances);
      expect(database.transactions.isAnyOpen).toBe(false);
    },
  );
  await fc.assert(property, { numRuns: 60 });
}, 60_000);
