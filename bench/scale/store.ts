import type { Command, CollectionReference, Condition, Database, Filter } from '../../server/sdk';

/** Does one request of the SDK, whose work tells how many documents it touched, when the model says so. */
export type Send = <T>(kind: 'read' | 'write', work: () => Done<T>) => Promise<T>;

export interface Done<T> {
  readonly result: T;
  readonly documents: number;
}

type Document = Readonly<Record<string, unknown>>;

/** The documents of the simulated environment, in memory. */
export interface Store {
  readonly tokens: TokenDocuments;
  readonly logins: Documents;
  /** The orders of a user, which are not kept: everybody has as many. */
  readonly ordersOf: (openid: string) => readonly Document[];
}

interface Documents {
  get(id: string): Document | undefined;
  set(id: string, document: Document): void;
  delete(id: string): void;
  keys(): Iterable<string>;
  readonly size: number;
}

interface TokenDocuments extends Documents {
  /** Ids of tokens that expired by then, the oldest minute first. */
  expiredBy(time: number, limit: number): string[];
  /** How many have not expired, to the minute. */
  liveAt(time: number): number;
}

const minute = 60_000;

export function createStore(ordersOf: Store['ordersOf']): Store {
  return { tokens: createTokenDocuments(), logins: new Map<string, Document>(), ordersOf };
}

/** The index of `expiresAt` by minutes: as coarse as this it costs next to nothing. */
function createTokenDocuments(): TokenDocuments {
  const documents = new Map<string, Document>();
  const minutes = new Map<number, { ids: string[]; first: number; count: number }>();
  const minuteOf = (document: Document): number =>
    Math.floor(timeOf(document['expiresAt']) / minute);
  return {
    get: (id) => documents.get(id),
    set(id, document) {
      const at = minuteOf(document);
      const entry = minutes.get(at) ?? { ids: [], first: 0, count: 0 };
      entry.ids.push(id);
      entry.count += 1;
      minutes.set(at, entry);
      documents.set(id, document);
    },
    delete(id) {
      const document = documents.get(id);
      if (document === undefined) return;
      documents.delete(id);
      const entry = minutes.get(minuteOf(document));
      if (entry !== undefined) entry.count -= 1;
    },
    keys: () => documents.keys(),
    get size() {
      return documents.size;
    },
    expiredBy(time, limit) {
      const found: string[] = [];
      const due = [...minutes.keys()].filter((at) => at * minute <= time).sort((a, b) => a - b);
      for (const at of due) {
        const entry = minutes.get(at);
        if (entry === undefined) continue;
        const { ids } = entry;
        while (entry.first < ids.length && !documents.has(ids[entry.first] ?? '')) entry.first += 1;
        if (entry.first === ids.length) minutes.delete(at);
        for (let each = entry.first; each < ids.length && found.length < limit; each += 1) {
          const document = documents.get(ids[each] ?? '');
          if (document !== undefined && timeOf(document['expiresAt']) <= time) {
            found.push(String(document['_id']));
          }
        }
        if (found.length === limit) break;
      }
      return found;
    },
    liveAt(time) {
      let count = 0;
      for (const [at, entry] of minutes) if (at * minute > time) count += entry.count;
      return count;
    },
  };
}

const timeOf = (value: unknown): number => (value instanceof Date ? value.getTime() : NaN);

/** A condition or a change, as the commands of the SDK make them. */
type Operator =
  | { readonly is: 'lt' | 'lte' | 'gt'; readonly value: unknown }
  | { readonly is: 'neq'; readonly value: unknown }
  | { readonly is: 'in'; readonly values: readonly unknown[] }
  | { readonly is: 'exists'; readonly there: boolean }
  | { readonly is: 'or'; readonly operators: readonly unknown[] }
  | {
      readonly is: 'push';
      readonly each: readonly unknown[];
      readonly slice: number;
    }
  | { readonly is: 'pull'; readonly filter: Filter };

class Made {
  constructor(readonly operator: Operator) {}
}

class MadeCondition extends Made implements Condition {
  or(other: object): Condition {
    return new MadeCondition({ is: 'or', operators: [this, other] });
  }
}

const command: Command = {
  lt: (value) => new MadeCondition({ is: 'lt', value }),
  lte: (value) => new MadeCondition({ is: 'lte', value }),
  gt: (value) => new MadeCondition({ is: 'gt', value }),
  neq: (value) => new MadeCondition({ is: 'neq', value }),
  in: (values) => new MadeCondition({ is: 'in', values }),
  exists: (there) => new MadeCondition({ is: 'exists', there }),
  and: () => unused('and'),
  or: () => unused('or'),
  push: ({ each, slice }) => new Made({ is: 'push', each, slice }),
  pull: (filter) => new Made({ is: 'pull', filter }),
};

function unused(what: string): never {
  throw new Error(`The simulated database has no ${what}: nothing that is simulated asks for it.`);
}

/** The values at a path such as `live.id` or `recent.19`: several where an array is on the way. */
function valuesAt(value: unknown, path: readonly string[], from = 0): unknown[] {
  const name = path[from];
  if (name === undefined) return [value];
  if (Array.isArray(value)) {
    const index = Number(name);
    if (Number.isInteger(index)) {
      return index < value.length ? valuesAt(value[index], path, from + 1) : [];
    }
    return value.flatMap((each: unknown) => valuesAt(each, path, from));
  }
  if (typeof value !== 'object' || value === null || !(name in value)) return [];
  return valuesAt(Object.getOwnPropertyDescriptor(value, name)?.value, path, from + 1);
}

const plain = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value);

function compare(is: 'lt' | 'lte' | 'gt', left: unknown, right: unknown): boolean {
  const [a, b] = [plain(left), plain(right)];
  if (typeof a !== 'number' || typeof b !== 'number') return false;
  return is === 'lt' ? a < b : is === 'lte' ? a <= b : a > b;
}

function meets(values: readonly unknown[], condition: unknown): boolean {
  if (!(condition instanceof Made)) return values.some((each) => plain(each) === plain(condition));
  const { operator } = condition;
  switch (operator.is) {
    case 'lt':
    case 'lte':
    case 'gt':
      return values.some((each) => compare(operator.is, each, operator.value));
    case 'neq':
      return values.every((each) => plain(each) !== plain(operator.value));
    case 'in':
      return values.some((each) => operator.values.includes(each));
    case 'exists':
      return values.length > 0 === operator.there;
    case 'or':
      return operator.operators.some((each) => meets(values, each));
    default:
      return unused(operator.is);
  }
}

function matches(document: unknown, filter: Filter): boolean {
  return Object.entries(filter).every(([path, condition]) =>
    meets(valuesAt(document, path.split('.')), condition),
  );
}

function changed(document: Document, change: object): Document {
  const fields = Object.entries(change).map(([name, value]: [string, unknown]) => {
    if (!(value instanceof Made)) return [name, value] as const;
    const before = document[name];
    const array: readonly unknown[] = Array.isArray(before) ? before : [];
    const { operator } = value;
    if (operator.is === 'push')
      return [name, [...operator.each, ...array].slice(0, operator.slice)] as const;
    if (operator.is === 'pull')
      return [name, array.filter((each) => !matches(each, operator.filter))] as const;
    return unused(operator.is);
  });
  return { ...document, ...Object.fromEntries(fields) };
}

/** The ids that a filter can have in mind, by the index that it can use. */
function candidates(store: Store, documents: Documents, filter: Filter, limit: number): string[] {
  const { _id: id, expiresAt } = filter;
  if (typeof id === 'string') return [id];
  if (id instanceof Made && id.operator.is === 'in') return id.operator.values.map(String);
  if (documents === store.tokens && expiresAt instanceof Made && expiresAt.operator.is === 'lte') {
    return store.tokens.expiredBy(timeOf(expiresAt.operator.value), limit);
  }
  return Object.keys(filter).length === 0 ? [...documents.keys()] : unused('scan');
}

/** Those of the ids that are there. */
function present(documents: Documents, ids: readonly string[]): Document[] {
  const found: Document[] = [];
  for (const id of ids) {
    const document = documents.get(id);
    if (document !== undefined) found.push(document);
  }
  return found;
}

/** The database as `wx-server-sdk` gives it, over the store: what `server/` asks of it, and no more. */
export function openDatabase(store: Store, send: Send): Database {
  const documentsOf = (name: string): Documents =>
    name === 'tokens' ? store.tokens : name === 'logins' ? store.logins : unused(name);

  function query(name: string, filter: Filter, limit: number, isIds: boolean): CollectionReference {
    const found = (): Document[] => {
      const documents = documentsOf(name);
      return present(documents, candidates(store, documents, filter, limit))
        .filter((document) => matches(document, filter))
        .slice(0, limit);
    };
    return {
      where: (more) => query(name, { ...filter, ...more }, limit, isIds),
      orderBy: () => query(name, filter, limit, isIds),
      limit: (count) => query(name, filter, count, isIds),
      field: () => query(name, filter, limit, true),
      get: () =>
        send('read', () => {
          const data =
            name === 'orders'
              ? store.ordersOf(String(filter['openid'])).slice(0, limit)
              : found().map((document) => (isIds ? { _id: document['_id'] } : document));
          return { result: { data }, documents: data.length };
        }),
      update: ({ data }) =>
        send('write', () => {
          const documents = documentsOf(name);
          const all = found();
          for (const each of all) documents.set(String(each['_id']), changed(each, data));
          return { result: { stats: { updated: all.length } }, documents: all.length };
        }),
      remove: () =>
        send('write', () => {
          const documents = documentsOf(name);
          const all = found();
          for (const each of all) documents.delete(String(each['_id']));
          return { result: { stats: { removed: all.length } }, documents: all.length };
        }),
      add: ({ data }) =>
        send('write', () => {
          const document: Document = { ...data };
          const id = String(document['_id']);
          if (documentsOf(name).get(id) !== undefined) throw new Error('DUPLICATE_KEY');
          documentsOf(name).set(id, document);
          return { result: { _id: id }, documents: 1 };
        }),
      aggregate() {
        let matched: Filter = {};
        const pipeline = {
          match(given: Filter) {
            matched = given;
            return pipeline;
          },
          // The only one that is asked for: the login beside a token.
          lookup: () => pipeline,
          end: () =>
            send('read', () => {
              const documents = documentsOf(name);
              const ids = candidates(store, documents, matched, Infinity);
              const list = present(documents, ids).map((document) => {
                const logins = present(store.logins, [String(document['uid'])]);
                return { ...document, logins };
              });
              return { result: { list }, documents: list.length };
            }),
        };
        return pipeline;
      },
    };
  }
  return { command, collection: (name) => query(name, {}, Infinity, false) };
}
