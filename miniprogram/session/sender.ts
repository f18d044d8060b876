import { readAnswer, type Fields, type ReadSuccess, type Succeeded } from './answers';
import { elapsed } from './clock';
import { CodedError, type Answered, type CallFailed } from './errors';
import type { Emit } from './events';
import type { Clock, Transport } from './parts';

/** One call over the network, read at the border and told as an event. Never rejects. */
export type Send = <Success extends Succeeded>(
  name: string,
  data: Fields,
  read: ReadSuccess<Success>,
) => Promise<Success | Answered | CallFailed>;

export function createSend(transport: Transport, clock: Clock, emit: Emit): Send {
  return (name, data, read) => {
    const sentAt = clock.now();
    const attempt = async () => readAnswer(await transport(name, data), read);
    const sent = attempt().catch((cause: unknown) => new CodedError('CALL_FAILED', cause));
    // The session acts on what was answered before a listener hears of it.
    void sent.then((reading) => {
      const code = reading.code === 1 ? 1 : reading.answer?.code;
      emit({ type: 'call', name, code, ms: elapsed(clock, sentAt) });
    });
    return sent;
  };
}
