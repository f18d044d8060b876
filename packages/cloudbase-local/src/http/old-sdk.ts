import { EJSON } from 'bson';
import * as v from 'valibot';
import { isFields, type Fields } from '../database/document';

/** A request of a database protocol, and how the answer is written in it. */
export interface Translated {
  readonly action: string;
  readonly fields: Fields;
  readonly answer: (data: Fields) => Fields;
}

/**
 * Translates what tcb-admin-node sends, and wx-server-sdk before 2.1: plain JSON instead of EJSON, under other names.
 *
 * @returns undefined if it is no such request.
 */
export function fromOldSdk(action: string, fields: Fields): Translated | undefined {
  const translate = Object.hasOwn(translations, action) ? translations[action] : undefined;
  return translate?.(fields);
}

const same = (data: Fields): Fields => data;

const translations: Readonly<Record<string, (fields: Fields) => Translated>> = {
  'database.addDocument': ({ data, _id, ...rest }) => {
    const documents = (Array.isArray(data) ? data : [data]).map((document: unknown) =>
      text(_id === undefined || !isFields(document) ? document : { ...document, _id }),
    );
    return {
      action: 'database.insertDocument',
      fields: { ...rest, data: documents },
      answer: ({ insertedIds, ...others }) => ({
        ...others,
        _id: Array.isArray(insertedIds) ? insertedIds[0] : undefined,
        ids: insertedIds,
      }),
    };
  },
  'database.queryDocument': (fields) => ({
    action: 'database.getDocument',
    fields: {
      ...withQuery(fields),
      order: orderOf(fields['order']),
      projection: isEmpty(fields['projection']) ? undefined : text(fields['projection']),
    },
    answer: (data) => ({ ...data, list: listOf(data).map(plain) }),
  }),
  'database.countDocument': (fields) => ({
    action: 'database.calculateDocument',
    fields: withQuery(fields),
    answer: same,
  }),
  'database.updateDocument': (fields) => ({
    action: 'database.modifyDocument',
    fields: { ...withQuery(fields), data: text(fields['data']) },
    answer: (data) => ({ ...data, upserted_id: data['upsert_id'] }),
  }),
  'database.deleteDocument': (fields) => ({
    action: 'database.removeDocument',
    fields: withQuery(fields),
    answer: same,
  }),
  'database.aggregate': (fields) => ({
    action: 'database.aggregateDocuments',
    fields,
    answer: (data) => ({ ...data, list: JSON.stringify(listOf(data)) }),
  }),
};

function withQuery(fields: Fields): Fields {
  return { ...fields, query: text(fields['query'] ?? {}) };
}

const sorting = v.array(v.object({ field: v.string(), direction: v.string() }));

function orderOf(order: unknown): string | undefined {
  const parsed = v.safeParse(sorting, order);
  if (!parsed.success || parsed.output.length === 0) return undefined;
  const pairs = parsed.output.map(({ field, direction }) => [field, direction === 'desc' ? -1 : 1]);
  return text(Object.fromEntries(pairs));
}

function isEmpty(value: unknown): boolean {
  return !isFields(value) || Object.keys(value).length === 0;
}

/** Plain JSON as the EJSON of later SDKs: dates are written differently. */
function text(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isFields(part) ? withDate(part) : part));
}

function withDate(fields: Fields): Fields {
  const { $date: date } = fields;
  if (typeof date === 'number') return { $date: { $numberLong: String(date) } };
  return isFields(date) && 'offset' in date
    ? { $tcb_server_date: { offset: date['offset'] } }
    : fields;
}

function listOf({ list }: Fields): string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

function plain(document: string): unknown {
  return withPlainDates(EJSON.parse(document));
}

function withPlainDates(value: unknown): unknown {
  if (value instanceof Date) return { $date: value.getTime() };
  if (Array.isArray(value)) return value.map(withPlainDates);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, withPlainDates(part)]),
  );
}
