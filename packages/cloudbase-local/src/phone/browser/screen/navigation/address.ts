/** A page and what it is opened with. */
export interface Address {
  /** From the root, without a slash in front. */
  path: string;
  /** As it is written: WeChat decodes nothing either. */
  query: Record<string, string>;
}

/**
 * Reads the address of a page.
 *
 * @param url as the mini program writes it: absolute with a slash in front, else relative to the page that opens it
 * @param from path of that page
 */
export function parseAddress(url: string, from: string): Address {
  const [written = '', search = ''] = url.split(/\?(.*)/s);
  const folder = written.startsWith('/') ? [] : from.split('/').slice(0, -1);
  const parts: string[] = [];
  for (const part of [...folder, ...written.split('/')]) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return { path: parts.join('/').replace(/\.html$/, ''), query: parseQuery(search) };
}

function parseQuery(search: string): Record<string, string> {
  const pairs = search.split('&').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      return [name, value];
    }),
  );
}

/** The address as one text, the other way round. */
export function formatAddress({ path, query }: Address): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}
