import { explainError } from '../../server/log';

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
