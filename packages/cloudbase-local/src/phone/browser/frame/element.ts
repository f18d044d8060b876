/** The element of the document that a selector names, of the kind it must be. */
export function element<Kind extends HTMLElement>(selector: string, kind: new () => Kind): Kind {
  const found = document.querySelector(selector);
  if (found instanceof kind) return found;
  throw new Error(`The document has no ${kind.name} ${selector}`);
}
