import type { DeclaredProject } from './declared-project';
import { earlierNote } from './earlier-logins';
import type { Seen } from './look';
import { findIndexConflicts, planCollection, type CollectionChange } from './plan-collection';
import { findRuntimeConflicts, planFunction, type FunctionChange } from './plan-function';
import { findHttpConflicts, planHttp, type HttpChange } from './plan-http';

/** What brings an environment to what is declared. */
export interface Plan {
  /** In the order in which they must be made. */
  readonly collections: readonly CollectionChange[];
  readonly functions: readonly FunctionChange[];
  readonly http: readonly HttpChange[];
  /** What no deployment can change: sentences, each with the way on. Nothing may be changed while there is one. */
  readonly conflicts: readonly string[];
  /** What no deployment may change, and the owner is to know: sentences, each with what to do. */
  readonly notes: readonly string[];
}

/** Compares what is declared with what was seen. */
export function makePlan({ collections, functions, http }: DeclaredProject, seen: Seen): Plan {
  const pairs = collections.map((each) => [each, seen.collections.get(each.name)] as const);
  const functionPairs = functions.map(
    (each) => [each, seen.functions.get(each.config.name)] as const,
  );
  const httpPairs =
    http === undefined || seen.http === undefined ? [] : [[http, seen.http] as const];
  return {
    collections: pairs.flatMap((pair) => planCollection(...pair)),
    functions: functionPairs.flatMap((pair) => planFunction(...pair) ?? []),
    http: httpPairs.flatMap((pair) => planHttp(...pair)),
    conflicts: [
      ...pairs.flatMap((pair) => findIndexConflicts(...pair)),
      ...functionPairs.flatMap((pair) => findRuntimeConflicts(...pair, seen.envId)),
      ...httpPairs.flatMap((pair) => findHttpConflicts(...pair)),
    ],
    notes: seen.hasEarlierLogins === true ? [earlierNote] : [],
  };
}

/** @returns What must be done, a line for each change. */
export function describeChanges({ collections, functions, http }: Plan): string[] {
  return [...collections, ...functions, ...http].map(({ fault, todo }) => `${fault} → ${todo}`);
}

/** @returns What is not as declared, a sentence for each fault; empty if nothing is left to do. */
export function describeFaults({ collections, functions, http, conflicts }: Plan): string[] {
  const changes = [...collections, ...functions, ...http];
  return [...changes.map(({ fault }) => `${fault}.`), ...conflicts];
}
