import type { Database } from '../database/database';
import { find } from '../database/find';

/** No request can name it: it is no name of a collection. */
const collectionName = 'storage/owners';

/** Who has uploaded the files. Those that functions upload have no owner. */
export interface Owners {
  /** @returns The openid; undefined if nobody owns the file. */
  of(path: string): string | undefined;
  /** @returns Once it is durable. @throws DatabaseError if the disk refuses. */
  set(path: string, openid: string | undefined): Promise<void>;
}

/** The owners are documents: they are as durable as those, and are there as long. */
export function openOwners(database: Database): Owners {
  const of = (path: string): string | undefined => {
    const collection = database.has(collectionName);
    if (collection === undefined) return undefined;
    const [found] = find(database.view, collection, { query: { _id: path }, limit: 1 });
    const openid = found?.document['openid'];
    return typeof openid === 'string' ? openid : undefined;
  };
  return {
    of,
    async set(path, openid) {
      if (of(path) === openid) return;
      await database.write((writer) => {
        const collection = writer.has(collectionName)
          ? writer.collection(collectionName)
          : writer.addCollection(collectionName);
        const [before] = find(writer.view, collection, { query: { _id: path }, limit: 1 });
        if (before !== undefined) writer.remove(collection, before);
        if (openid !== undefined) writer.insert(collection, { _id: path, openid });
      });
    },
  };
}
