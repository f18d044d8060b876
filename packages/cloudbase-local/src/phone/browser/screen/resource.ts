/**
 * Where the browser gets a file that the mini program names.
 *
 * @param name an address of the network, a path from the root with a slash in front, or one relative to `from`
 * @param from path of the page or component that names it
 */
export function resourceUrl(name: string, from: string): string {
  if (name === '' || /^(?:https?|data|blob):/i.test(name)) return name;
  if (name.startsWith('//')) return `https:${name}`;
  if (name.startsWith('cloud://')) return `/files/${encodeURIComponent(name)}`;
  const { pathname } = new URL(name, `http://mini-program/${from}`);
  return `/mini-program${pathname}`;
}
