import * as v from 'valibot';
import type { CloudFailure, DevicesAnswer, MintAnswer, RevokeAnswer } from '../contract';
import { blocked, refused, tooMany } from './answers';
import { bothDone } from './both-done';
import { listDevices } from './devices';
import type { Caller } from './identity';
import { identifyByCode, obtainSessionKey } from './login-code';
import { endAllTokens, endTokens, recordMint, withRenewed } from './logins';
import { parseEvent } from './request';
import type { Call } from './serve';
import { readSalts, readSettings, type Settings } from './settings';
import { makeToken, seal, tokenId, tokenLife } from './token-crypto';
import { findToken, removeTokens, tokenIds, verifyToken, withProof } from './token-store';

const tokenMessage = '应为 1 到 256 个字符的 token';
const tokenText = v.pipe(
  v.string(tokenMessage),
  v.minLength(1, tokenMessage),
  v.maxLength(256, tokenMessage),
);
const codeMessage = '应为 wx.login 的登录凭证';
const mintFields = {
  // Its shape is looked at before WeChat is asked. The one of a simulator without an AppID has spaces in it.
  code: v.optional(v.pipe(v.string(codeMessage), v.regex(/^[ -~]{1,128}$/, codeMessage))),
  renews: v.optional(tokenText),
  label: v.optional(
    v.pipe(v.string('应为字符串'), v.trim(), v.maxLength(64, '应为 64 个字符以内')),
  ),
};
type MintFields = v.InferOutput<v.StrictObjectSchema<typeof mintFields, undefined>>;

const revokeFields = {
  revoke: tokenText,
  all: v.optional(v.boolean('应为 true 或 false'), false),
};
const devicesFields = { devices: tokenText };

type Answer<Of> = Exclude<Of, CloudFailure>;

/** The function `gettoken`: mints a token for the caller, makes tokens worthless, or lists a user's devices. */
export async function gettoken(
  call: Call,
): Promise<Answer<MintAnswer> | Answer<RevokeAnswer> | Answer<DevicesAnswer>> {
  const { event } = call;
  if (asksFor('revoke', event)) {
    const parsed = parseEvent(revokeFields, event);
    if (!parsed.ok) return parsed.answer;
    return parsed.value.all
      ? revokeAll(call, parsed.value.revoke)
      : revoke(call, parsed.value.revoke);
  }
  if (asksFor('devices', event)) {
    const parsed = parseEvent(devicesFields, event);
    return parsed.ok ? devices(call, parsed.value.devices) : parsed.answer;
  }
  const parsed = parseEvent(mintFields, event);
  return parsed.ok ? login(call, parsed.value) : parsed.answer;
}

function asksFor(field: string, event: unknown): boolean {
  return typeof event === 'object' && event !== null && Object.hasOwn(event, field);
}

/** Mints a token for whom WeChat names, or for the user whose login code it is. */
async function login(call: Call, request: MintFields): Promise<Answer<MintAnswer>> {
  // Before anything else: a deployment, which nobody names, then learns whether they are usable.
  const settings = readSettings(call.env);
  const { caller } = call;
  if (caller !== undefined) {
    const sessionKey = () => obtainSessionKey(call, settings, caller, request.code);
    return mint(call, caller, settings, request, sessionKey);
  }
  const known = await identifyByCode(call, settings, request.code);
  if ('answer' in known) return known.answer;
  call.note({ uid: known.caller.uid });
  return mint(call, known.caller, settings, request, () => Promise.resolve(known.sessionKey));
}

/** One step after the other: who may not be given a token costs WeChat nothing, and leaves nothing behind. */
async function mint(
  call: Call,
  caller: Caller,
  settings: Settings,
  { renews, label }: MintFields,
  obtain: () => Promise<string | undefined>,
): Promise<Answer<MintAnswer>> {
  call.note({ action: renews === undefined ? 'mint' : 'renew' });
  const { collections, random } = call;
  const { salts } = settings;
  const createdAt = new Date(call.now());
  const token = makeToken(salts[0], createdAt.getTime(), random);
  const id = tokenId(token, salts[0]);
  const renewed = renews === undefined ? [] : tokenIds(renews, salts);

  const recorded = await recordMint(
    collections,
    caller,
    { id, mintedAt: createdAt, renews: renewed },
    settings,
  );
  if (recorded.outcome === 'blocked') return blocked();
  if (recorded.outcome === 'too many') return tooMany(recorded.retryAfter);

  const [sessionKey, before] = await bothDone(obtain(), findToken(collections, renewed));
  const expiresIn = tokenLife(settings.ttlSeconds, random);
  const document = {
    _id: id,
    ...caller,
    ...(sessionKey === undefined ? {} : { sessionKey: seal(sessionKey, token, random) }),
    ...(label === undefined || label === '' ? {} : { label }),
    since: before?.uid === caller.uid ? before.since : createdAt,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + expiresIn * 1000),
  };
  await collections.tokens.add(withProof(document, salts));
  return { code: 1, token, expiresIn };
}

/** Whoever holds a token may end it, and with it those that it renewed. None counts towards its owner's cap any longer. */
async function revoke(call: Call, token: string): Promise<Answer<RevokeAnswer>> {
  call.note({ action: 'revoke' });
  const { collections } = call;
  const [found] = await collections.findTokensWithLogins(tokenIds(token, readSalts(call.env)));
  if (found !== undefined) {
    const { _id: id, uid, logins } = found;
    call.note({ uid });
    const ids = logins.flatMap((login) => withRenewed(login, id));
    await bothDone(endTokens(collections, uid, ids), removeTokens(collections, [id, ...ids]));
  }
  return { code: 1 };
}

/** Ends every token of the user whom WeChat names, or else of the one whose good token it is. */
async function revokeAll(call: Call, token: string): Promise<Answer<RevokeAnswer>> {
  call.note({ action: 'revoke all' });
  const uid = call.caller?.uid ?? (await verify(call, token))?.uid;
  if (uid === undefined) return refused();
  call.note({ uid });
  await endAllTokens(call.collections, { _id: uid });
  return { code: 1 };
}

async function devices(call: Call, token: string): Promise<Answer<DevicesAnswer>> {
  call.note({ action: 'devices' });
  const document = await verify(call, token);
  if (document === undefined) return refused();
  call.note({ uid: document.uid });
  return { code: 1, devices: await listDevices(call.collections, document, call.now()) };
}

function verify({ env, collections, caller, now }: Call, token: string) {
  return verifyToken(collections, token, readSalts(env), caller, now());
}
