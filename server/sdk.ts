/**
 * The part of `wx-server-sdk` that the functions use, typed as it behaves. The SDK's own typings refuse
 * the documented `env: DYNAMIC_CURRENT_ENV` and answer every query with `void | string | Promise`.
 * Reference: https://developers.weixin.qq.com/miniprogram/dev/wxcloudservice/wxcloud/reference-sdk-api/
 */
declare global {
  /** What `wx-server-sdk.d.ts` gives to whoever imports the SDK; a declaration like that can import nothing. */
  interface WxServerSdk {
    /** Stands for the environment the function runs in. */
    readonly DYNAMIC_CURRENT_ENV: symbol | undefined;
    /** An SDK of its own: `init` would be the host's, of whose two calls the SDK takes the first alone. */
    createNewInstance(config: { env: symbol | undefined; timeout: number }): WxServerSdk;
    database(): Database;
    /** Who calls, read from the environment variables of this very call: never outside a handler. */
    getWXContext(): Readonly<Record<string, unknown>>;
  }
}

export interface Database {
  readonly command: Command;
  collection(name: string): CollectionReference;
}

/** A condition or a change that a {@link Command} made; opaque to everybody but the SDK. */
export type Operator = object;

/** Fields and what they must be (a value or an {@link Operator}), or what `and` and `or` made of such. */
export type Filter = Readonly<Record<string, unknown>>;

/** A condition that others can be joined to. */
export interface Condition extends Operator {
  or(other: Operator): Condition;
}

export interface Command {
  lt(value: Date | string): Operator;
  lte(value: Date): Operator;
  gt(value: Date): Operator;
  neq(value: boolean | string): Operator;
  in(values: readonly string[]): Operator;
  exists(there: boolean): Condition;
  and(filters: readonly Filter[]): Filter;
  or(filters: readonly Filter[]): Filter;
  /** Puts `each` at `position` of an array and keeps its first `slice` elements. */
  push(change: { each: readonly unknown[]; position: number; slice: number }): Operator;
  /** Takes the elements that match out of an array. */
  pull(filter: Filter): Operator;
}

export interface Query {
  where(filter: Filter): Query;
  orderBy(field: string, order: 'asc' | 'desc'): Query;
  limit(count: number): Query;
  field(projection: Readonly<Record<string, boolean>>): Query;
  get(): Promise<{ data: unknown[] }>;
  update(options: { data: object }): Promise<{ stats: { updated: number } }>;
  remove(): Promise<{ stats: { removed: number } }>;
}

/** Reference: https://developers.weixin.qq.com/miniprogram/dev/wxcloudservice/wxcloud/reference-sdk-api/database/aggregate/Aggregate.html */
export interface Aggregate {
  match(filter: Filter): Aggregate;
  /** Puts the documents of `from` whose `foreignField` equals this one's `localField` into the array `as`. */
  lookup(join: { from: string; localField: string; foreignField: string; as: string }): Aggregate;
  end(): Promise<{ list: unknown[] }>;
}

export interface CollectionReference extends Query {
  aggregate(): Aggregate;
  add(options: { data: object }): Promise<{ _id: string | number }>;
}
