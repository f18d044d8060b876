import type { Api } from './api';
import type { DeclaredProject } from './declared-project';
import { lookAtCollections, type SeenCollection } from './look-at-collections';
import { lookAtFunction, type SeenFunction } from './look-at-function';

/** What an environment has of a project, by name. */
export interface Seen {
  readonly envId: string;
  readonly collections: ReadonlyMap<string, SeenCollection>;
  readonly functions: ReadonlyMap<string, SeenFunction>;
}

/** Reads what the environment has of a project, each thing once. */
export async function look(api: Api, { collections, functions }: DeclaredProject): Promise<Seen> {
  const names = collections.map(({ name }) => name);
  const database = await lookAtCollections(api, names);
  const seen = new Map<string, SeenFunction>();
  for (const { config } of functions) {
    const found = await lookAtFunction(api, config.name);
    if (found !== undefined) seen.set(config.name, found);
  }
  return { envId: api.envId, collections: database, functions: seen };
}
