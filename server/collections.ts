import * as v from 'valibot';
import type { CollectionReference, Command, Database, Filter } from './sdk';

const tokenDocument = v.object({
  /** Of the token under the salt: the token itself is nowhere in the cloud. */
  _id: v.string(),
  uid: v.string(),
  openid: v.string(),
  appid: v.string(),
  /** session_key, sealed with a key derived from the token. */
  sessionKey: v.exactOptional(v.string()),
  /** What the phone calls itself, such as its model. */
  label: v.exactOptional(v.string()),
  /** When this phone logged in; a token that renews another takes it over. */
  since: v.date(),
  createdAt: v.date(),
  expiresAt: v.date(),
  /** Binds whose it is and until when to the salt: an edited document is no token's. */
  proof: v.string(),
});

const loginDocument = v.object({
  /** uid, derived from appid and openid. */
  _id: v.string(),
  openid: v.string(),
  createdAt: v.date(),
  lastLoginAt: v.date(),
  /** When the latest tokens were minted, newest first: what the rate limit looks at. */
  recent: v.array(v.date()),
  /** The user's tokens, newest first, no more than the cap: a token that is not here is not good. */
  live: v.array(
    v.object({
      id: v.string(),
      mintedAt: v.date(),
      /** Ids, one for each salt, of the token that this one took the place of. */
      renews: v.array(v.string()),
    }),
  ),
  /** Set by an administrator: no token is good, and none is minted. */
  blocked: v.exactOptional(v.boolean()),
});

const tokenWithLogins = v.object({ ...tokenDocument.entries, logins: v.array(loginDocument) });

export type TokenDocument = v.InferOutput<typeof tokenDocument>;
export type LoginDocument = v.InferOutput<typeof loginDocument>;
type TokenWithLogins = v.InferOutput<typeof tokenWithLogins>;

/** A database call failed; `cause` is what the SDK threw. */
export class DatabaseError extends Error {
  readonly code = 'DATABASE_FAILED';
  override readonly name = 'DatabaseError';
}

/** A database call did not answer within its time limit; whether it took effect is unknown. */
export class DatabaseTimeout extends Error {
  readonly code = 'DATABASE_TIMEOUT';
  override readonly name = 'DatabaseTimeout';
}

/** Which documents, in which order, and how many at most (the cloud gives 1000 at most). */
export interface Selection {
  readonly filter: Filter;
  readonly newestFirst?: readonly string[];
  readonly limit: number;
}

export interface Collection<Document> {
  find(selection: Selection): Promise<Document[]>;
  /** The ids of documents, without the rest of them. */
  findIds(selection: Selection): Promise<string[]>;
  add(document: Document): Promise<void>;
  /** How many documents matched and were changed. */
  update(filter: Filter, change: object): Promise<number>;
  /** How many documents were removed. */
  remove(filter: Filter): Promise<number>;
}

/** Runs one database call: the place where time limits and counting happen. */
export type RunCall = <T>(what: string, call: () => Promise<T>) => Promise<T>;

type DocumentSchema = v.GenericSchema<unknown, object>;

export interface Collections {
  readonly command: Command;
  readonly tokens: Collection<TokenDocument>;
  readonly logins: Collection<LoginDocument>;
  /** A collection of the project's own, by its name in the database and what its documents are. */
  readonly open: <Schema extends DocumentSchema>(
    name: string,
    schema: Schema,
  ) => Collection<v.InferOutput<Schema>>;
  /** The tokens with these ids, and beside each the login of its user, in one call. */
  findTokensWithLogins(ids: readonly string[]): Promise<TokenWithLogins[]>;
}

/**
 * The collections, each document parsed as it comes in, each call made through `run`.
 *
 * @param prefix - what the names of `tokens` and `logins` begin with in the database.
 */
export function openCollections(database: Database, run: RunCall, prefix: string): Collections {
  const open = <Schema extends DocumentSchema>(name: string, schema: Schema) =>
    openCollection(database.collection(name), name, schema, run);
  const tokens = `${prefix}tokens`;
  const logins = `${prefix}logins`;
  return {
    command: database.command,
    open,
    tokens: open(tokens, tokenDocument),
    logins: open(logins, loginDocument),
    async findTokensWithLogins(ids: readonly string[]) {
      const pipeline = database
        .collection(tokens)
        .aggregate()
        .match({ _id: database.command.in(ids) })
        .lookup({ from: logins, localField: 'uid', foreignField: '_id', as: 'logins' });
      const { list } = await run('tokens.findWithLogins', () => pipeline.end());
      return v.parse(v.array(tokenWithLogins), list);
    },
  };
}

const onlyId = v.object({ _id: v.string() });

function openCollection<Schema extends DocumentSchema>(
  reference: CollectionReference,
  name: string,
  schema: Schema,
  run: RunCall,
): Collection<v.InferOutput<Schema>> {
  const select = ({ filter, newestFirst = [], limit }: Selection) =>
    newestFirst
      .reduce((query, field) => query.orderBy(field, 'desc'), reference.where(filter))
      .limit(limit);
  return {
    async find(selection) {
      const { data } = await run(`${name}.find`, () => select(selection).get());
      return v.parse(v.array(schema), data);
    },
    async findIds(selection) {
      const query = select(selection).field({ _id: true });
      const { data } = await run(`${name}.findIds`, () => query.get());
      return v.parse(v.array(onlyId), data).map((document) => document._id);
    },
    async add(document) {
      await run(`${name}.add`, () => reference.add({ data: document }));
    },
    async update(filter, change) {
      const update = () => reference.where(filter).update({ data: change });
      return (await run(`${name}.update`, update)).stats.updated;
    },
    async remove(filter) {
      return (await run(`${name}.remove`, () => reference.where(filter).remove())).stats.removed;
    },
  };
}
