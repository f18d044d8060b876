import type {
  BusinessAnswer,
  MintAnswer,
  MintRequest,
  Order,
  OrdersRequest,
  RevokeAnswer,
  RevokeRequest,
} from '../../contract/index';
import { sampleOrder } from '../sample-order';

interface FunctionCall {
  name: string;
  data: MintRequest | RevokeRequest | (OrdersRequest & { token?: string });
}

export type Answer = BusinessAnswer<'orders'> | MintAnswer | RevokeAnswer;

/** Stands where WeChat's servers are: `wx.cloud.callFunction` answering by the contract. */
export interface Cloud {
  callFunction(call: FunctionCall): Promise<{ result: Answer }>;
  /** Each call that arrived and the code that it was answered: `orders 903`. */
  readonly calls: string[];
  /** Newest first. */
  orders: Order[];
  expiresIn: number;
  /** All tokens become worthless. */
  forget(): void;
  /** The next calls of this function get these answers, one each; an Error is no answer at all. */
  answerNext(name: string, ...answers: (Answer | Error)[]): void;
  /** Answers wait, each for `release`, until `flow`. */
  hold(): void;
  /** Delivers a held answer: the oldest, or the one at this place. */
  release(place?: number): void;
  /** Delivers everything held, and from now on at once. */
  flow(): void;
}

const refused: Answer = { code: 903, msg: 'Token验证失败' };

export function sampleOrders(count: number): Order[] {
  return Array.from({ length: count }, (_, at) => {
    const number = count - at;
    const id = `order-${String(number).padStart(4, '0')}`;
    return sampleOrder(id, 1_790_000_000 + number * 3600, `第 ${number} 单`);
  });
}

export function createCloud(orders: Order[] = sampleOrders(45)): Cloud {
  const live = new Set<string>();
  const faults = new Map<string, (Answer | Error)[]>();
  let minted = 0;
  let holding = false;
  let held: (() => void)[] = [];

  function mint(): Answer {
    minted += 1;
    const token = `token-${minted}`;
    live.add(token);
    return { code: 1, token, expiresIn: cloud.expiresIn };
  }

  function page({ limit = 20, cursor }: OrdersRequest): Answer {
    const from = cloud.orders.findIndex(({ id }) => id === cursor) + 1;
    const given = cloud.orders.slice(from, from + limit);
    const last = given.at(-1);
    const older = from + limit < cloud.orders.length;
    return { code: 1, orders: given, ...(older && last ? { nextCursor: last.id } : {}) };
  }

  function answer({ name, data }: FunctionCall): Answer | Error {
    const fault = faults.get(name)?.shift();
    if (fault) return fault;
    if (name === 'orders' && 'token' in data && live.has(data.token ?? '')) return page(data);
    if (name === 'orders') return refused;
    if ('revoke' in data) return (live.delete(data.revoke), { code: 1 });
    return mint();
  }

  const cloud: Cloud = {
    calls: [],
    orders,
    expiresIn: 7200,
    async callFunction(call) {
      const given = answer(call);
      cloud.calls.push(`${call.name} ${given instanceof Error ? 'none' : given.code}`);
      if (holding) await new Promise<void>((release) => held.push(release));
      if (given instanceof Error) throw given;
      return { result: given };
    },
    forget() {
      live.clear();
    },
    answerNext(name, ...answers) {
      faults.set(name, [...(faults.get(name) ?? []), ...answers]);
    },
    hold() {
      holding = true;
    },
    release(place = 0) {
      const [release] = held.splice(place, 1);
      if (!release) throw new Error('no answer is held there');
      release();
    },
    flow() {
      holding = false;
      for (const release of held) release();
      held = [];
    },
  };
  return cloud;
}
