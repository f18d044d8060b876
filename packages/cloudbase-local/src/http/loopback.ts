import type { MiddlewareHandler } from 'hono';

const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

const loopbackOrigin = /^https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/** Where a mini program says that it comes from, in DevTools too; no website can say so. */
const miniProgramReferer = /^https:\/\/servicewechat\.com\//;

type Header = (name: string) => string | undefined;

/**
 * Answers only requests made to this machine by its own name, since a foreign name can resolve here, and none that a
 * page of another site makes: whoever works here may have any site open.
 */
export const loopbackOnly: MiddlewareHandler = async (context, next) => {
  const header: Header = (name) => context.req.header(name);
  if (!loopbackHost.test(header('host') ?? '')) {
    return context.text('The local cloud answers on 127.0.0.1 and localhost only.\n', 403);
  }
  if (isOfAnotherSite(header) && !opensPage(context.req.method, header)) {
    return context.text('The local cloud answers no page of another site.\n', 403);
  }
  await next();
  // A page of another site cannot load it as a script, a picture or a style either.
  context.res.headers.set('cross-origin-resource-policy', 'same-origin');
  context.res.headers.set('x-content-type-options', 'nosniff');
  return undefined;
};

/** Reference: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site */
function isOfAnotherSite(header: Header): boolean {
  const site = header('sec-fetch-site');
  const origin = header('origin');
  if (site === 'same-origin' || site === 'none') return false;
  if (loopbackOrigin.test(origin ?? '') || miniProgramReferer.test(header('referer') ?? '')) {
    return false;
  }
  return site !== undefined || origin !== undefined;
}

/** Following a link shows a page, and gives the other site nothing. */
function opensPage(method: string, header: Header): boolean {
  return (
    method === 'GET' &&
    header('sec-fetch-mode') === 'navigate' &&
    header('sec-fetch-dest') === 'document'
  );
}

/** @returns Whether a request says that it brings JSON; a page of another site cannot, without asking first. */
export function bringsJson(contentType: string | undefined): boolean {
  return /^application\/json(?:;|$)/i.test(contentType ?? '');
}
