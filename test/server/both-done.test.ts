import { bothDone } from '../../server/both-done';

describe('two writes side by side', () => {
  test('give both results', async () => {
    expect(await bothDone(Promise.resolve(1), Promise.resolve('a'))).toEqual([1, 'a']);
  });

  test('are waited for to the end of both, though one has failed', async () => {
    const ended: string[] = [];
    let end = (): void => undefined;
    const slow = new Promise<void>((resolve) => (end = resolve)).then(() => ended.push('slow'));
    const both = bothDone(Promise.reject(new Error('fast')), slow).catch((error: unknown) => {
      ended.push(String(error));
    });
    await new Promise((resolve) => setImmediate(resolve));
    end();
    await both;
    expect(ended).toEqual(['slow', 'Error: fast']);
  });
});
