import { measureBundle, sizeLimit } from './size';

test(`the session with its binding weighs at most ${sizeLimit} bytes, minified and gzipped`, async () => {
  const { gzipped } = await measureBundle('index');
  expect(gzipped).toBeLessThanOrEqual(sizeLimit);
});
