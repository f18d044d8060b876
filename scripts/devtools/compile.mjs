/**
 * Packs the npm packages of a mini program (构建 npm) and compiles it as WeChat DevTools does, and sends the parent process
 * the compiled files and what WeChat's schemas say of its JSON files. A program of its own, since the compiler writes to the console and
 * leaves processes behind. Arguments: the folder the compiler is installed in, the project's folder.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const [, , home = '', project = ''] = process.argv;
const load = createRequire(path.join(home, 'package.json'));
const ci = load('miniprogram-ci');
const { DefaultProjectAttr } = load('miniprogram-ci/dist/config/config.js');
const { Validator } = load('jsonschema');

process.once('message', async (/** @type {Record<string, string>} */ schemaOf) => {
  const faults = Object.entries(schemaOf).flatMap(([file, schema]) => {
    const json = JSON.parse(readFileSync(path.join(project, file), 'utf8'));
    const { errors } = new Validator().validate(
      json,
      load(`miniprogram-ci/dist/schema/dist/${schema}.js`),
    );
    return errors.map(
      (error) => `${file}: ${error.property.replace('instance', '')} ${error.message}`,
    );
  });
  const opened = new ci.Project({
    appid: 'wx0123456789abcdef',
    type: 'miniProgram',
    projectPath: project,
    privateKey: 'not needed to compile',
    // Without it WeChat's server is asked for the limits of the AppID.
    attr: () => Promise.resolve(DefaultProjectAttr),
  });
  await packNpm(opened);
  const compiled = await ci.getCompiledResult({
    project: opened,
    setting: { useProjectConfig: true },
    onProgressUpdate: () => undefined,
  });
  const files = Object.fromEntries(
    Object.entries(compiled).map(([file, content]) => [file, content.toString()]),
  );
  process.send?.({ faults, files }, () => process.exit(0));
});

/** Packs npm packages where the project has any, in the way that project.config.json says. */
async function packNpm(opened) {
  const file = path.join(project, 'project.config.json');
  const { miniprogramRoot = '', setting = {} } = JSON.parse(readFileSync(file, 'utf8'));
  if (setting.packNpmManually) {
    for (const { packageJsonPath, miniprogramNpmDistDir } of setting.packNpmRelationList) {
      await ci.packNpmManually({
        packageJsonPath: path.join(project, packageJsonPath),
        miniprogramNpmDistDir: path.join(project, miniprogramNpmDistDir),
      });
    }
  } else if (existsSync(path.join(project, miniprogramRoot, 'package.json'))) {
    await ci.packNpm(opened);
  }
}
