import { measureBundle, measurePackage, packageSizeLimit, sizeLimit } from './size';

test(`the session with its binding weighs at most ${sizeLimit} bytes, minified and gzipped`, async () => {
  const { gzipped } = await measureBundle('index');
  expect(gzipped).toBeLessThanOrEqual(sizeLimit);
});

test(`the package for other projects weighs at most ${packageSizeLimit} bytes`, async () => {
  const { gzipped } = await measurePackage();
  expect(gzipped).toBeLessThanOrEqual(packageSizeLimit);
});
