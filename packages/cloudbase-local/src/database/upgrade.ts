import { Catalog } from './collection';
import { decode } from './document';
import { withoutChecksum } from './checksum';
import { DirectWriter } from './direct-writer';
import type { Store } from './store';
import { viewOf } from './view';

/**
 * Takes over what the first version of the store kept: keys `['collection', name]` and `['document', name, id]`, the
 * documents behind checksums.
 *
 * @throws Error if a document is damaged; then the store is as it was.
 */
export function upgrade(store: Store): void {
  const old = store.firstVersionEntries();
  if (old.length === 0) return;
  const catalog = new Catalog(store);
  store.write(() => {
    const journal = { undo: [], locks: [] };
    const writer = new DirectWriter(store, catalog, viewOf(store), journal, undefined);
    for (const { kind, collection } of old) {
      if (kind === 'collection' && !writer.has(collection)) writer.addCollection(collection);
    }
    for (const entry of old) {
      if (entry.kind === 'document') {
        const collection = writer.collection(entry.collection);
        writer.insert(collection, decode(withoutChecksum(entry.read())));
      }
      entry.remove();
    }
  });
}
