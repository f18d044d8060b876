import { randomBytes } from 'node:crypto';
import type { Collection } from './collection';
import { DatabaseError } from './database-error';
import type { DirectWriter } from './direct-writer';
import { mostSnapshots, type Store } from './store';
import { conflict, Transaction, type Locks } from './transaction';
import type { Writer } from './writer';

/** How long a transaction may be open (docs.cloudbase.net/database/transaction). */
export const transactionLife = 30_000;

/** Calls back after so many milliseconds, unless it is cancelled before. */
export type Timer = (milliseconds: number, run: () => void) => () => void;

interface Open {
  readonly transaction: Transaction;
  readonly locks: Set<string>;
  readonly cancelTimer: () => void;
  /** Resolves when it has let everything go. */
  readonly ended: Promise<void>;
  readonly end: () => void;
}

/** Writes what a transaction has changed; it alone may write what it holds. */
type Apply = (transaction: Transaction, write: (writer: DirectWriter) => void) => Promise<void>;

/** The transactions that are open, and what they hold. */
export class Transactions {
  private commits = 0;
  private readonly open = new Map<string, Open>();
  private readonly holders = new Map<string, Open>();
  /** After how many commits something was last written, by its lock; only while a transaction is open. */
  private readonly written = new Map<string, number>();

  constructor(
    private readonly store: Store,
    private readonly collection: (name: string) => Collection,
    private readonly apply: Apply,
    private readonly timer: Timer,
  ) {}

  /** @returns The id of a new one. @throws DatabaseError if too many are open. */
  start(): string {
    if (this.open.size >= mostSnapshots) {
      const message = `More than ${mostSnapshots} transactions are open.`;
      throw new DatabaseError('DATABASE_REQUEST_FAILED', message);
    }
    const id = randomBytes(16).toString('hex');
    const locks = new Set<string>();
    const hold = (lock: string): void => {
      const holder = this.holders.get(lock);
      if (holder !== undefined && holder !== open) throw conflict();
      this.holders.set(lock, open);
      locks.add(lock);
    };
    const own: Locks = {
      hold,
      isChanged: (lock, since) => (this.written.get(lock) ?? 0) > since,
      commits: () => this.commits,
    };
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const open: Open = {
      transaction: new Transaction(this.store, own, this.collection),
      locks,
      cancelTimer: this.timer(transactionLife, () => {
        this.finish(id);
      }),
      ended,
      end,
    };
    this.open.set(id, open);
    return id;
  }

  /**
   * Runs an operation in a transaction. One that fails ends it, as it does in MongoDB.
   *
   * @throws DatabaseError DATABASE_TRANSACTION_FAIL if it is not open (any more), or what the operation throws.
   */
  run<T>(id: string, operation: (writer: Writer) => T): T {
    const { transaction } = this.get(id);
    try {
      return operation(transaction);
    } catch (error) {
      this.finish(id);
      throw error;
    }
  }

  /** @returns Once all of it is durable. @throws DatabaseError if it is not open, or the disk refuses. */
  async commit(id: string): Promise<void> {
    const open = this.get(id);
    // Nobody can use it any more; what it holds stays held until it is durable.
    this.open.delete(id);
    open.cancelTimer();
    const { transaction } = open;
    try {
      if (!transaction.isEmpty) {
        await this.apply(transaction, (writer) => {
          transaction.apply(writer);
        });
      }
    } finally {
      this.release(open);
    }
  }

  /** @throws DatabaseError DATABASE_TRANSACTION_FAIL if it is not open. */
  abort(id: string): void {
    this.get(id);
    this.finish(id);
  }

  abortAll(): void {
    for (const id of [...this.open.keys()]) this.finish(id);
  }

  get isAnyOpen(): boolean {
    return this.open.size > 0 || this.holders.size > 0;
  }

  /** @returns What to wait for before something can be written; undefined if no other transaction holds it. */
  waitFor(lock: string, writer: Transaction | undefined): Promise<void> | undefined {
    const holder = this.holders.get(lock);
    return holder === undefined || holder.transaction === writer ? undefined : holder.ended;
  }

  /** Remembers what a commit has written. */
  committed(locks: readonly string[]): void {
    this.commits += 1;
    if (!this.isAnyOpen) this.written.clear();
    else for (const lock of locks) this.written.set(lock, this.commits);
  }

  private get(id: string): Open {
    const open = this.open.get(id);
    if (open !== undefined) return open;
    throw new DatabaseError(
      'DATABASE_TRANSACTION_FAIL',
      '[ResourceUnavailable.TransactionNotExist] Transaction does not exist on the server, transaction must be commit or abort in 30 seconds. Please check your request, but if the problem persists, contact us.',
    );
  }

  private finish(id: string): void {
    const open = this.open.get(id);
    this.open.delete(id);
    if (open !== undefined) this.release(open);
  }

  private release(open: Open): void {
    open.cancelTimer();
    open.transaction.end();
    for (const lock of open.locks) this.holders.delete(lock);
    open.end();
  }
}
