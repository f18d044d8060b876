import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { runCommand, ToolError } from 'cloudbase-local/command';
import { installApart } from './install-apart';

const usage = `Usage: npm run test:sdks

Runs the tests of the packages with the versions of wx-server-sdk that other projects have: 2.6, 3 and 4. They are
installed into .cache/sdks by the first run (about 100 MB, which is why they are no part of npm ci). npm test has them
run with this project's own.

  -h, --help   print this
`;

const root = path.resolve(__dirname, '..');
const home = path.join(root, '.cache/sdks');
const versions = ['wx-server-sdk-2', 'wx-server-sdk-3', 'wx-server-sdk-4'];
/** Those in which functions run. */
const tests = ['test/into-your-project', 'test/packages/server'];

function testSdks(): Promise<void> {
  installApart('the SDKs', path.join(__dirname, 'sdks'), home);
  const jest = path.join(root, 'node_modules/jest/bin/jest.js');
  const failed = versions.filter((version) => {
    process.stdout.write(`With ${version}:\n`);
    const env = { ...process.env, WX_SERVER_SDK: path.join(home, 'node_modules', version) };
    return spawnSync(process.execPath, [jest, ...tests], { cwd: root, env, stdio: 'inherit' })
      .status;
  });
  if (failed.length > 0) throw new ToolError('TEST', `Failed with ${failed.join(', ')}.`);
  return Promise.resolve();
}

runCommand({ usage, options: {}, run: testSdks });
