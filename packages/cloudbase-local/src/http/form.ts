/**
 * Takes a multipart form apart, byte for byte: the SDK sends protocol buffers as fields, which no text decoder may touch.
 *
 * @param contentType - Holds the boundary.
 * @returns The fields by name; those that are malformed are left out.
 */
export function parseForm(body: Buffer, contentType: string): ReadonlyMap<string, Buffer> {
  const boundary = /boundary="?([^";]+)/i.exec(contentType)?.[1];
  if (boundary === undefined) return new Map();
  // One byte is one character so.
  const parts = body.toString('latin1').split(`--${boundary}`);
  return new Map(
    parts.flatMap((part): [string, Buffer][] => {
      const end = part.indexOf('\r\n\r\n');
      const name = /\bname="([^"]*)"/.exec(part.slice(0, end))?.[1];
      if (end < 0 || name === undefined) return [];
      return [[name, Buffer.from(part.slice(end + 4, -2), 'latin1')]];
    }),
  );
}
