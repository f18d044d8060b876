import { EJSON } from 'bson';
import * as v from 'valibot';

/** The local cloud's database as its own functions may use it, without anything that could fail in between. */
export interface TestDatabase {
  insert(collection: string, documents: readonly object[]): Promise<void>;
  find(collection: string, query: object): Promise<Record<string, unknown>[]>;
  count(collection: string, query: object): Promise<number>;
  /** Sets fields of one document. */
  set(collection: string, id: string, fields: object): Promise<void>;
}

export function openTestDatabase(url: string, secretId: string): TestDatabase {
  const admin = async (action: string, fields: object): Promise<unknown> => {
    const response = await fetch(`${url}/admin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Credential=${secretId}/` },
      body: JSON.stringify({ action: `database.${action}`, ...fields }),
    });
    const { data } = v.parse(v.object({ data: v.unknown() }), await response.json());
    return data;
  };
  return {
    insert: async (collectionName, documents) => {
      const data = documents.map((document) => EJSON.stringify(document, { relaxed: false }));
      await admin('insertDocument', { collectionName, data });
    },
    find: async (collectionName, query) => {
      const data = await admin('getDocument', {
        collectionName,
        query: EJSON.stringify(query, { relaxed: false }),
        limit: 1000,
      });
      const { list } = v.parse(v.object({ list: v.array(v.string()) }), data);
      const documents = list.map((text): unknown => EJSON.parse(text));
      return v.parse(v.array(v.record(v.string(), v.unknown())), documents);
    },
    count: async (collectionName, query) => {
      const data = await admin('calculateDocument', {
        collectionName,
        query: EJSON.stringify(query, { relaxed: false }),
      });
      return v.parse(v.object({ total: v.number() }), data).total;
    },
    set: async (collectionName, id, fields) => {
      await admin('modifyDocument', {
        collectionName,
        query: EJSON.stringify({ _id: id }),
        data: EJSON.stringify({ $set: fields }),
        multi: false,
        merge: true,
        upsert: false,
      });
    },
  };
}
