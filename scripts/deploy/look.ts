import type { Api } from './api';
import type { DeclaredProject } from './declared-project';
import { earlierName, holdsEarlierLogins } from './earlier-logins';
import { listCollections, lookAtCollections, type SeenCollection } from './look-at-collections';
import { lookAtFunction, type SeenFunction } from './look-at-function';
import { lookAtHttp, type SeenHttp } from './look-at-http';

/** What an environment has of a project, by name. */
export interface Seen {
  readonly envId: string;
  readonly collections: ReadonlyMap<string, SeenCollection>;
  readonly functions: ReadonlyMap<string, SeenFunction>;
  /** Undefined where it is no part of the project. */
  readonly http?: SeenHttp | undefined;
  /** Whether the logins of an earlier version are there, under a name that nothing uses any longer. */
  readonly hasEarlierLogins?: boolean;
}

/** Reads what the environment has of a project, each thing once. */
export async function look(api: Api, project: DeclaredProject): Promise<Seen> {
  const names = project.collections.map(({ name }) => name);
  const existing = names.length === 0 ? new Set<string>() : await listCollections(api);
  const collections = await lookAtCollections(api, names, existing);
  const hasEarlierLogins =
    existing.has(earlierName) && !names.includes(earlierName) && (await holdsEarlierLogins(api));
  const functions = new Map<string, SeenFunction>();
  for (const { config } of project.functions) {
    const found = await lookAtFunction(api, config.name);
    if (found !== undefined) functions.set(config.name, found);
  }
  const http = project.http && (await lookAtHttp(api, project.http.isOn));
  return { envId: api.envId, collections, functions, http, hasEarlierLogins };
}
