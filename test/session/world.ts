import { createCloud, type Cloud, type Sent } from './cloud';
import { inOrder, type Order } from './order';
import type { BusinessFunctions } from '../../contract';
import { readSuccess } from '../../miniprogram/session/readers';
import type { Session as AnySession } from '../../miniprogram/session/session';
import type { Clock, StoredToken, TokenStorage } from '../../miniprogram/session/parts';
import { phone as newPhone, type Phone } from './phone';

/** The session of this project. */
export type Session = AnySession<BusinessFunctions>;

/** A phone with a session on it, a cloud, and a time that all stand still until they are moved. */
export interface World {
  readonly session: Session;
  readonly phone: Phone;
  readonly cloud: Cloud;
  readonly sent: Sent[];
  /** The timers that are running. */
  readonly timers: ReadonlySet<Timer>;
  /** What the phone's random numbers are. */
  random: number;
  /** What lies in the phone's storage. */
  readonly slot: { value: unknown; fails: boolean; hasFailed: boolean };
  /** Told of each answer at the moment it reaches the phone. */
  onAnswer: (sent: Sent, result: unknown) => void;
  /** Told of each request at the moment it leaves the phone. */
  onSend: (sent: Sent) => void;
  /** Sets the phone's clock wrong by so many milliseconds; its timers do not notice. */
  jump(ms: number): void;
  /** Moves time on, running what falls due. */
  pass(ms: number): Promise<void>;
  /** The phone sleeps: time moves on, and what fell due runs late, before any answer. */
  sleep(ms: number): Promise<void>;
  /**
   * Lets everything happen that can, or the first `steps` of it: the network first, unless
   * `timerFirst` says otherwise of a timer with such a delay.
   */
  settle(timerFirst?: (delay: number) => boolean, steps?: number): Promise<void>;
  /** A second launch with the same storage. */
  relaunch(): Session;
}

interface Timer {
  readonly delay: number;
  readonly due: number;
  readonly run: () => void;
}

const flush = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Each request reaches the cloud, and each answer the phone, when the scheduler says so. */
export function createWorld(scheduler: Order = inOrder(), phone: Phone = newPhone): World {
  const timers = new Set<Timer>();
  let time = 1_000_000;
  let offset = 0;
  const slot: World['slot'] = { value: undefined, fails: false, hasFailed: false };
  const cloud = createCloud();

  const clock: Clock = {
    now: () => time + offset,
    after(ms, run) {
      const timer: Timer = { delay: ms, due: time + (ms > 0 ? ms : 0), run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };

  const storage: TokenStorage = {
    load() {
      if (slot.fails) throw new Error('storage is broken');
      return slot.value;
    },
    save(value: StoredToken | undefined) {
      if (slot.fails) throw new Error('storage is full');
      slot.value = value;
    },
  };

  const world: World = {
    session: launch(),
    phone,
    cloud,
    sent: [],
    timers,
    random: 0.5,
    slot,
    onAnswer: () => undefined,
    onSend: () => undefined,
    jump(ms) {
      offset += ms;
    },
    async pass(ms) {
      await flush();
      const until = time + ms;
      for (let timer = next(); timer && timer.due <= until; timer = next()) await fire(timer);
      time = until;
    },
    async sleep(ms) {
      await flush();
      time += ms;
      await world.pass(0);
    },
    async settle(timerFirst = () => false, steps = Infinity) {
      await flush();
      for (let step = 0; step < steps; step += 1) {
        if (step > 10_000) throw new Error('The world does not come to rest.');
        const timer = next();
        // Where promises run in timers, each of their jobs is a step like any other.
        const { jobs = [] } = phone;
        const isTimersTurn = timer && timerFirst(timer.delay);
        if (jobs.length > 0 && !(isTimersTurn || (scheduler.count() > 0 && timerFirst(0))))
          jobs.shift()?.();
        else if (scheduler.count() > 0 && !isTimersTurn) await scheduler.waitNext(1);
        else if (timer) await fire(timer);
        else return;
        await flush();
      }
    },
    relaunch: launch,
  };

  function launch(): Session {
    return phone.createSession<BusinessFunctions>(
      {
        clock,
        storage,
        random: () => world.random,
        transport: (name, data) => {
          const answer = travel({ name, data, user: cloud.user });
          // Where promises run in timers, the session looks at a failure some steps after it came.
          answer.catch(() => undefined);
          return answer;
        },
      },
      readSuccess,
    );
  }

  /** A request on its way to the cloud, and its answer on the way back. */
  async function travel(sent: Sent): Promise<unknown> {
    world.sent.push(sent);
    world.onSend(sent);
    await scheduler.schedule(Promise.resolve(), `${sent.name} arrives`);
    const result = cloud.answer(sent);
    await scheduler.schedule(Promise.resolve(), `${sent.name} answers`);
    world.onAnswer(sent, result);
    if (result === undefined) throw new Error('request:fail');
    return result;
  }

  function next(): Timer | undefined {
    return [...timers].sort((a, b) => a.due - b.due)[0];
  }

  async function fire(timer: Timer): Promise<void> {
    timers.delete(timer);
    time = Math.max(time, timer.due);
    timer.run();
    await flush();
  }

  return world;
}
