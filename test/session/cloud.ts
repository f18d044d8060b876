/** Something that left the phone, in the order of leaving. */
export interface Sent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Who WeChat said was calling. */
  readonly user: string;
}

/** The cloud: what is in it, and how it behaves at the moment. */
export interface Cloud {
  user: string;
  /** How long new tokens live, in seconds. */
  life: number;
  /** Whose the live tokens are. */
  readonly tokens: Map<string, string>;
  refusesAll: boolean;
  mint: 'up' | 'unreachable' | 'rubbish' | number;
  /** With a `mint` of 429, in seconds. */
  retryAfter: number;
  business: 'up' | 'unreachable' | number;
  /** What the cloud answers; `undefined` when it cannot be reached. */
  answer(sent: Sent): unknown;
}

/** A cloud that speaks the contract, as far as the session meets it. */
export function createCloud(): Cloud {
  let minted = 0;
  const cloud: Cloud = {
    user: 'ming',
    life: 7200,
    tokens: new Map(),
    refusesAll: false,
    mint: 'up',
    retryAfter: 1,
    business: 'up',
    answer({ name, data, user }) {
      if (name === 'gettoken') {
        if (typeof data.revoke === 'string') {
          cloud.tokens.delete(data.revoke);
          return { code: 1 };
        }
        if (cloud.mint === 'unreachable') return undefined;
        if (cloud.mint === 'rubbish') return { code: 1, token: 7 };
        if (cloud.mint !== 'up')
          return { code: cloud.mint, msg: 'no', retryAfter: cloud.retryAfter };
        const token = `token-${String((minted += 1))}`;
        cloud.tokens.set(token, user);
        return { code: 1, token, expiresIn: cloud.life };
      }
      if (cloud.business === 'unreachable') return undefined;
      if (cloud.refusesAll || cloud.tokens.get(String(data.token)) !== user) {
        return { code: 903, msg: 'Token验证失败' };
      }
      if (cloud.business !== 'up') return { code: cloud.business, msg: 'no', requestId: 'r1' };
      return { code: 1, orders: [{ id: `order of ${user}`, title: '苹果', time: 1 }] };
    },
  };
  return cloud;
}
