import { cloneDeep } from 'mingo/util';
import { withEngine } from './database-error';
import { isFields, type Fields } from './document';
import { projectWith } from './engine/engine';
import { failure } from './engine/failure';

/**
 * @param query - What found the documents: the positional operator `$` refers to it.
 * @returns The documents with the fields that the projection names
 *   (mongodb.com/docs/manual/reference/method/db.collection.find/#projection).
 */
export function project(documents: readonly Fields[], projection: Fields, query: Fields): Fields[] {
  const slices = Object.entries(projection).flatMap(([path, value]) =>
    isFields(value) && '$slice' in value ? [{ path, range: value['$slice'] }] : [],
  );
  const others = Object.fromEntries(
    Object.entries(projection).filter(([path]) => !slices.some((slice) => slice.path === path)),
  );
  // A `$slice` alone leaves the other fields as they are; beside fields that are named it names its own.
  const naming = Object.entries(others).some(([path, value]) => path !== '_id' && Boolean(value));
  const named = naming
    ? { ...others, ...Object.fromEntries(slices.map(({ path }) => [path, 1])) }
    : others;
  return withEngine(() => {
    // Clones, because mingo leaves a nested field out by deleting it from the document.
    const clones = cloneDeep(documents);
    const projected = projectWith(
      Array.isArray(clones) ? clones.filter(isFields) : [],
      named,
      query,
    );
    return slices.reduce<Fields[]>(
      (results, { path, range }) => results.map((each) => sliced(each, path.split('.'), range)),
      projected,
    );
  });
}

function sliced(document: Fields, names: readonly string[], range: unknown): Fields {
  const [name = '', ...rest] = names;
  const value = document[name];
  if (rest.length > 0) {
    return isFields(value) ? { ...document, [name]: sliced(value, rest, range) } : document;
  }
  return Array.isArray(value) ? { ...document, [name]: sliceOf(value, range) } : document;
}

/** So many items from the beginning or, if negative, the end; or so many after so many (…/operator/projection/slice). */
function sliceOf(array: readonly unknown[], range: unknown): readonly unknown[] {
  if (typeof range === 'number') return range < 0 ? array.slice(range) : array.slice(0, range);
  const pair: readonly unknown[] = Array.isArray(range) ? range : [];
  const [skip, limit] = pair;
  if (typeof skip !== 'number' || typeof limit !== 'number' || limit <= 0) {
    throw failure('$slice', 'needs a number, or a number to skip and one to take');
  }
  const start = skip < 0 ? Math.max(0, array.length + skip) : skip;
  return array.slice(start, start + limit);
}
