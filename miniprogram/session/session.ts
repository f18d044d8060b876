import type { BusinessName, BusinessRequest, BusinessSuccess } from '../../contract';
import { readSuccess } from './answers';
import { within } from './clock';
import { Answered, CodedError, type Refused } from './errors';
import { createEvents, type Listener } from './events';
import { createKeeper, lifeLeft, type Held } from './held';
import type { SessionParts } from './parts';
import { runPending, type CallOptions, type Ticket } from './pending';
import { createRenewal } from './renewal';
import { createSend } from './sender';

export interface Session {
  /**
   * Calls a business function with the token. Without a token gets one first; when the cloud
   * refuses it (903) gets a new one, shared by all calls, and repeats the call, once. Resolves with
   * the function's answer of success; rejects with a `SessionError`.
   */
  readonly call: <Name extends BusinessName>(
    name: Name,
    request: BusinessRequest<Name>,
    options?: CallOptions,
  ) => Promise<BusinessSuccess<Name>>;
  /**
   * The user leaves: calls and a refresh under way are given up (`CLEARED`), the token is dropped
   * at once and revoked in the cloud, if that can be reached. Resolves when the cloud has answered
   * or 5 s have passed. Never rejects.
   */
  readonly clear: () => Promise<void>;
  /** Tells `listener` every event from now on, until the function it returns is called. */
  readonly on: (listener: Listener) => () => void;
}

/** Makes a session: the one owner of the token on this phone. */
export function createSession({
  transport,
  storage,
  clock,
  random = Math.random,
}: SessionParts): Session {
  const { emit, on } = createEvents();
  const send = createSend(transport, clock, emit);
  const keeper = createKeeper(storage, emit);
  const pending = new Set<Ticket>();
  const renewal = createRenewal(emit, keeper, pending, send, clock, random);

  async function run<Name extends BusinessName>(
    ticket: Ticket,
    name: Name,
    request: object,
  ): Promise<BusinessSuccess<Name>> {
    let fresh: Held | undefined;
    let repeating = false;
    for (;;) {
      const held = keeper.held();
      // A fresh token is tried even when it came so late that its life is over: the 903 decides.
      if (!held || !pending.has(ticket) || (held !== fresh && lifeLeft(held, clock) <= 0)) {
        fresh = await renewal.wait(ticket, repeating);
        continue;
      }
      if (repeating) emit({ type: 'call-repeated', name });
      const sent = send(name, { ...request, token: held.token }, readSuccess[name]);
      renewal.renew(held);
      const reading = await sent;
      if (!(reading instanceof CodedError)) {
        held.proven = true;
        return reading;
      }
      if (!(reading instanceof Answered) || reading.answer.code !== 903) throw reading;
      const cause = (held.refusal = held.refusal ?? reading);
      const refused = (): Refused => new CodedError('REFUSED', cause);
      if (keeper.held() === held) {
        keeper.hold();
        // A token got for this call, that nothing has accepted: the next would be refused as well.
        if (pending.has(ticket) && (repeating || held === fresh) && !held.proven) {
          emit({ type: 'loop-broken', name });
          renewal.fail(refused);
        }
      }
      if (repeating) throw refused();
      repeating = true;
    }
  }

  return {
    on,
    call(name, request, options = {}) {
      return runPending(pending, clock, options, (ticket) => run(ticket, name, { ...request }));
    },
    async clear() {
      const held = keeper.held();
      keeper.hold();
      renewal.reset();
      for (const ticket of pending) ticket.end?.('CLEARED');
      const revokeLimit = 5_000;
      if (held) {
        await within(
          clock,
          revokeLimit,
          send('gettoken', { revoke: held.token }, () => ({ code: 1 })),
        );
      }
    },
  };
}
