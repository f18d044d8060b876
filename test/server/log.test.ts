import { describeCall, explainError } from '../../server/log';

const coded = (message: string, code: string, cause?: unknown) =>
  Object.assign(new Error(message, { cause }), { code });

describe('the cause in the log', () => {
  test('tells name, code and message of an error and of what caused it', () => {
    const error = coded('tokens.find failed', 'DATABASE_FAILED', coded('refused', 'ECONNREFUSED'));
    expect(explainError(error, [])).toBe(
      'Error DATABASE_FAILED: tokens.find failed ← Error ECONNREFUSED: refused',
    );
  });

  test('leaves out the secrets of the call, however short', () => {
    expect(explainError(new Error('bad: abcd and abcd'), ['abcd', ''])).toBe(
      'Error: bad: […] and […]',
    );
  });

  test('leaves out what looks like a token, a key or an openid, wherever it comes from', () => {
    const token = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyMTI';
    const text = explainError(
      new Error(`dup key: { _id: "${token}" } of o6_bmjrPTlm6_2sgVt7hMZOPfL2M`),
      [],
    );
    expect(text).toBe('Error: dup key: { _id: "[…]" } of […]');
  });

  test('leaves out a token that happens to have no digit in it', () => {
    const token = 'FmVybYmFyYmFxcXVFmVybYmFyYmFxcXVFmVybYmFxcX';
    expect(explainError(new Error(`dup key ${token}`), [])).toBe('Error: dup key […]');
  });

  test('keeps the names of errors and collections', () => {
    const message = 'DATABASE_COLLECTION_NOT_EXIST: orders';
    expect(explainError(new Error(message), [])).toBe(`Error: ${message}`);
  });

  test('survives what is no error, a ring of causes, and a novel', () => {
    const ring = new Error('ring');
    ring.cause = ring;
    expect(explainError(ring, []).length).toBeLessThan(200);
    expect(explainError('text', [])).toBe('text');
    expect(explainError(undefined, [])).toBe('');
    expect(explainError({ secret: 'x' }, [])).toBe('a value that is no Error');
    expect(explainError(new Error('word '.repeat(10_000)), []).length).toBeLessThanOrEqual(1000);
  });
});

describe('the line in the log', () => {
  const facts = {
    function: 'f',
    requestId: 'r',
    code: 500,
    ms: 1,
    roundTrips: 0,
    databaseCalls: 0,
  };
  const env = {
    TOKEN_SALT: 'the present salt',
    TOKEN_SALT_OLD: 'the salt before',
    WX_APP_SECRET: 'an app secret',
    ACCOUNTS_KEY: 'a key of accounts',
  };
  const causeOf = (text: string, given: readonly unknown[] = []) =>
    (JSON.parse(describeCall(facts, { cause: text }, env, given)) as { cause: string }).cause;

  test.each(Object.values(env))('does not tell a setting: %s', (secret) => {
    expect(causeOf(`because of ${secret}`)).toBe('because of […]');
  });

  test('does not tell a text of the call, however deep, unless it is too short to tell anything', () => {
    const event = { headers: { token: ['four'] }, body: 'a body', limit: 7, way: 'of' };
    expect(causeOf('because of four in a body', [event, { OPENID: 'because' }])).toBe(
      '[…] of […] in […]',
    );
  });
});
