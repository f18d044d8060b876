/** The head of a part is some lines; a longer one is none. */
const longestHead = 16 * 1024;

/** A body that is no form with a file in it. */
export class FormError extends Error {
  override readonly name = 'FormError';
  readonly code = 'FORM';
}

/**
 * The field `file` of a `multipart/form-data` body as it comes in: forms of hundreds of megabytes are not held in
 * memory, which `Request.formData()` would do. Other fields are passed over.
 *
 * @throws FormError while it is read, if the body is malformed, ends too early or has no file.
 * @see https://www.rfc-editor.org/rfc/rfc7578
 */
export async function* fileOfForm(
  contentType: string,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const boundary = /^multipart\/form-data;.*\bboundary=(?:"([^"]+)"|([^\s;]+))/is.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) throw new FormError('The body is no form.');
  const delimiter = Buffer.from(`\r\n--${mark}`);
  const chunks = body[Symbol.asyncIterator]();
  // The first delimiter may have no line before it.
  let rest = Buffer.from('\r\n');

  async function readMore(): Promise<void> {
    const next = await chunks.next();
    if (next.done === true) throw new FormError('The form ends too early.');
    rest = Buffer.concat([rest, next.value]);
  }

  /** Gives all up to a delimiter, and takes that too. */
  async function* upToDelimiter(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = rest.indexOf(delimiter);
      const known = at < 0 ? Math.max(0, rest.length - delimiter.length + 1) : at;
      if (known > 0) yield rest.subarray(0, known);
      rest = rest.subarray(at < 0 ? known : at + delimiter.length);
      if (at >= 0) return;
      await readMore();
    }
  }

  async function head(): Promise<string> {
    for (;;) {
      if (rest.subarray(0, 2).toString() === '--') throw new FormError('The form has no file.');
      const end = rest.indexOf('\r\n\r\n');
      if (end >= 0) {
        const text = rest.subarray(0, end).toString();
        rest = rest.subarray(end + 4);
        return text;
      }
      if (rest.length > longestHead) throw new FormError('The head of a part is too long.');
      await readMore();
    }
  }

  for (;;) {
    // What stands before the next part is passed over.
    const passed = upToDelimiter();
    while ((await passed.next()).done !== true);
    const isFile = /^content-disposition:.*;\s*name="?file"?\s*(?:;|$)/im.test(await head());
    if (!isFile) continue;
    yield* upToDelimiter();
    break;
  }
  // The connection serves another request once all is read.
  while ((await chunks.next()).done !== true);
}
