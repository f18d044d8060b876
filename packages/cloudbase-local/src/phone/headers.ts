import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** Sources change under the browser: it asks every time. */
export const fresh = { 'cache-control': 'no-store' } as const;

const self = ["'self'"];
const none = ["'none'"];
/** A mini program shows pictures of the network, and fonts of its style sheets. */
const shown = [...self, 'data:', 'blob:', 'https:', 'http:'];

/**
 * The strictest policy the documents work under: scripts, styles and calls of this server only, nothing inline.
 *
 * @param document the page around the phone, which nobody may frame, or the phone's screen
 */
export function secure(document: 'frame' | 'screen'): MiddlewareHandler {
  const isScreen = document === 'screen';
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: none,
      scriptSrc: self,
      styleSrc: self,
      // A file on the phone is a blob.
      connectSrc: isScreen ? [...self, 'blob:'] : self,
      frameSrc: self,
      imgSrc: isScreen ? shown : [...self, 'data:'],
      ...(isScreen && { mediaSrc: shown, fontSrc: shown }),
      baseUri: none,
      formAction: none,
      frameAncestors: isScreen ? self : none,
    },
    xFrameOptions: isScreen ? 'SAMEORIGIN' : 'DENY',
    strictTransportSecurity: false,
    referrerPolicy: 'no-referrer',
  });
}

/**
 * Keeps the preview to its own pages: beside what no page of another site gets (`http/loopback.ts`), another port of this
 * machine gets no part of it either. Everybody may open the page itself.
 */
export const ownPagesOnly: MiddlewareHandler = async (context, next) => {
  const site = context.req.header('sec-fetch-site') ?? 'none';
  const opens = context.req.path === '/' && context.req.header('sec-fetch-mode') === 'navigate';
  const allowed = site === 'same-origin' || site === 'none' || opens;
  const origin = context.req.header('origin');
  const foreign = origin !== undefined && origin !== new URL(context.req.url).origin;
  if (!allowed || foreign) return context.text('The preview is for its own pages only.\n', 403);
  return next();
};
