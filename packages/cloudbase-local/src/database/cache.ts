import type { StoredDocument } from './document';

/** How many bytes of stored documents are kept decoded; in memory they take about four times as many. */
const mostBytes = 32 * 1024 * 1024;

interface Entry {
  readonly document: StoredDocument;
  readonly bytes: number;
}

/** Documents as they are committed, decoded once for many readers. They never change. */
export class Cache {
  private readonly collections = new Map<number, Map<number, Entry>>();
  private bytes = 0;

  get(collection: number, record: number): StoredDocument | undefined {
    return this.collections.get(collection)?.get(record)?.document;
  }

  /** Keeps a document; a full cache takes no more, so one long scan does not drive out what is often asked for. */
  add(collection: number, record: number, document: StoredDocument, bytes: number): void {
    if (this.bytes + bytes > mostBytes) return;
    let documents = this.collections.get(collection);
    if (documents === undefined) {
      documents = new Map();
      this.collections.set(collection, documents);
    }
    documents.set(record, { document, bytes });
    this.bytes += bytes;
  }

  /** Makes room: a document that is asked for by its record is worth more than those that only a scan read. */
  makeRoom(): void {
    for (const documents of this.collections.values()) {
      for (const record of documents.keys()) {
        if (this.bytes < mostBytes / 2) return;
        this.remove(documents, record);
      }
    }
  }

  get isFull(): boolean {
    return this.bytes > (mostBytes * 15) / 16;
  }

  forget(collection: number, record: number): void {
    const documents = this.collections.get(collection);
    if (documents !== undefined) this.remove(documents, record);
  }

  private remove(documents: Map<number, Entry>, record: number): void {
    this.bytes -= documents.get(record)?.bytes ?? 0;
    documents.delete(record);
  }
}
