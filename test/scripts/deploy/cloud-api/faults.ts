import type { BadEnd } from './protocol';

/** Which calls go wrong. */
export interface Match {
  /** Such as CreateFunction; any action if absent. */
  readonly action?: string;
  readonly function?: string;
  /** Only this one of the calls that match, counted from 1; every one if absent. */
  readonly nth?: number;
}

/**
 * What happens to a call:
 * an API error is answered and nothing is done;
 * a bad end is the answer of the cloud's later work on a function;
 * `lost`: it is done, and the connection breaks before the answer;
 * `cut`: it is done, and the connection breaks in the middle of the answer, which node-fetch 2 does not
 * notice before its time limit, in manager-node 60 s;
 * `down`: the connection breaks at once and nothing is done;
 * `hang`: nothing is done and no answer ever comes.
 */
export type Fault =
  { readonly code: string; readonly message: string } | BadEnd | 'lost' | 'cut' | 'down' | 'hang';

export interface Faults {
  /** @returns Ends the fault. */
  add(match: Match, fault: Fault): () => void;
  /** What is to happen to this call; counts it. */
  of(action: string, functionName: string | undefined): Fault | undefined;
}

export function createFaults(): Faults {
  const faults = new Set<{ match: Match; fault: Fault; seen: number }>();
  return {
    add(match, fault) {
      const added = { match, fault, seen: 0 };
      faults.add(added);
      return () => faults.delete(added);
    },
    of(action, functionName) {
      const hits = [...faults].filter(
        ({ match }) =>
          (match.action ?? action) === action && (match.function ?? functionName) === functionName,
      );
      for (const hit of hits) hit.seen += 1;
      return hits.find(({ match, seen }) => (match.nth ?? seen) === seen)?.fault;
    },
  };
}
