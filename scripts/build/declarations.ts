import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generateDtsBundle } from 'dts-bundle-generator';
import { packageFile, type PackageName } from './packages';

/** Bundles the declarations of packages into one file each, beside the code. */
export async function declarePackages(root: string, names: readonly PackageName[]): Promise<void> {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const projects = names.map((name) => `packages/${name}`);
  execFileSync(process.execPath, [tsc, '-b', ...projects], { cwd: root, stdio: 'inherit' });
  // From the compiler's declarations, which need none of the types of Node or WeChat: that is ten times as fast.
  const texts = generateDtsBundle(
    names.map((name) => ({
      filePath: path.join(root, `.cache/types/packages/${name}/src/index.d.ts`),
      output: { noBanner: true, exportReferencedTypes: false },
    })),
    { preferredConfigPath: path.join(root, 'packages/tsconfig.declarations.json') },
  );
  for (const [index, name] of names.entries()) {
    const file = packageFile(name).replace(/\.js$/, '.d.ts');
    await writeFile(path.join(root, file), texts[index] ?? '');
  }
}
