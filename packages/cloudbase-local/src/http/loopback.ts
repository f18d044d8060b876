import type { MiddlewareHandler } from 'hono';

const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/** Answers only requests made to this machine by its own name: a foreign name that resolves here is refused. */
export const loopbackOnly: MiddlewareHandler = async (context, next) => {
  if (loopbackHost.test(context.req.header('host') ?? '')) return next();
  return context.text('The local cloud answers on 127.0.0.1 and localhost only.\n', 403);
};

/** @returns Whether a request says that it brings JSON; a page of another site cannot, without asking first. */
export function bringsJson(contentType: string | undefined): boolean {
  return /^application\/json(?:;|$)/i.test(contentType ?? '');
}
