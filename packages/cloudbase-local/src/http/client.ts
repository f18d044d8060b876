import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { carryOut } from '../database/actions';
import { asClient, type Permission } from '../database/client';
import type { Database } from '../database/database';
import { DatabaseError } from '../database/database-error';
import type { Fields } from '../database/document';
import type { DeclaredCollection } from '../project/collections';
import { carryOutStorage } from '../storage/actions';
import type { Storage } from '../storage/storage';
import { failureAnswer } from './failure-answer';
import { bringsJson } from './loopback';
import { callerIn, isOpenid } from './openid';
import { parseRequest, requestLimit } from './sdk-request';

/** What the console of the cloud gives a new collection. */
const standardPermission: Permission = 'PRIVATE';

export interface ClientOptions {
  readonly database: Database;
  readonly storage: Storage;
  /** Gives the collections as they are declared now: their permissions hold here. */
  readonly collections: () => Promise<readonly DeclaredCollection[]>;
  /** Who asks where the header `x-wx-openid` is absent. */
  readonly defaultOpenid: string | undefined;
  /** Milliseconds; what server dates are. */
  readonly clock: () => number;
  readonly log: (line: string) => void;
}

/**
 * `POST /wx/cloud`: what a phone asks of the database and the storage. It is asked as `/admin` is, for the user whom the
 * header `x-wx-openid` names: the permissions of the collections hold, and files belong to who uploaded them.
 */
export function clientRoutes(options: ClientOptions): Hono {
  const { defaultOpenid, log } = options;
  const routes = new Hono();
  routes.post('/wx/cloud', bodyLimit({ maxSize: requestLimit }), async (context) => {
    const requestId = randomUUID();
    const { origin } = new URL(context.req.url);
    const openid = callerIn(context, defaultOpenid);
    try {
      // A page of another site cannot send JSON without asking first, and is not let.
      if (!bringsJson(context.req.header('content-type'))) {
        throw new DatabaseError('INVALID_PARAM', 'content-type must be application/json.');
      }
      if (!isOpenid(openid)) {
        throw new DatabaseError('INVALID_PARAM', 'header x-wx-openid is no openid.');
      }
      const { action, fields } = parseRequest(await context.req.text());
      const answer = await carryOutAs(openid, origin, action, fields, options);
      return context.json({ ...answer, requestId });
    } catch (error) {
      return context.json({ ...failureAnswer(error, log), requestId });
    }
  });
  return routes;
}

async function carryOutAs(
  openid: string,
  origin: string,
  action: string,
  fields: Fields,
  { database, storage, collections, clock, log }: ClientOptions,
): Promise<Fields> {
  if (action.startsWith('storage.')) {
    return carryOutStorage(action, fields, { storage, asker: openid, origin });
  }
  const declared = new Map((await collections()).map(({ name, permission }) => [name, permission]));
  const permissionOf = (name: string): Permission => declared.get(name) ?? standardPermission;
  const request = asClient(action, fields, { openid, permissionOf });
  try {
    return await carryOut(database, action, request, clock(), log);
  } catch (error) {
    throw action === 'database.modifyDocument' && isTaken(error) ? belongsToAnother() : error;
  }
}

/** A phone sets a document that it may not see: its `_id` is taken. */
function isTaken(error: unknown): boolean {
  return error instanceof DatabaseError && error.message.endsWith('index: _id_');
}

function belongsToAnother(): DatabaseError {
  const message = 'A document of this _id is there, and belongs to somebody else.';
  return new DatabaseError('DATABASE_PERMISSION_DENIED', message);
}
