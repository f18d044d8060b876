import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** Sources change under the browser: it asks every time. */
export const fresh = { 'cache-control': 'no-store' } as const;

/**
 * The strictest policy the documents work under: scripts, styles and calls of this server only, nothing inline.
 *
 * @param framedBy who may show the document in a frame
 */
export function secure(framedBy: "'self'" | "'none'"): MiddlewareHandler {
  const self = ["'self'"];
  const none = ["'none'"];
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: none,
      scriptSrc: self,
      styleSrc: self,
      connectSrc: self,
      frameSrc: self,
      imgSrc: [...self, 'data:'],
      baseUri: none,
      formAction: none,
      frameAncestors: [framedBy],
    },
    xFrameOptions: framedBy === "'self'" ? 'SAMEORIGIN' : 'DENY',
    strictTransportSecurity: false,
    referrerPolicy: 'no-referrer',
  });
}
