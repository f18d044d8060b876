import type { Plugin } from 'esbuild';

/**
 * What the SDK requires as it loads and no function here calls: packages and parts of packages, as paths
 * in node_modules. Whatever only these require goes with them. A function that needs one of them: take it
 * off this list and build again.
 */
export const leftOut = [
  // AI
  '@cloudbase/node-sdk/dist/ai',
  // Data models and relational databases
  '@cloudbase/wx-cloud-client-sdk',
  // File storage, and its XML
  '@cloudbase/node-sdk/dist/storage',
  'form-data',
  'mime-db',
  // Login tickets (JWT); who calls, the functions learn from getWXContext
  '@cloudbase/node-sdk/dist/auth',
  // WeChat's open API and payments
  'json-bigint',
  'protobufjs/minimal',
  // Live queries
  '@cloudbase/database/dist/esm/realtime',
  // Requests through a proxy
  'http-proxy-agent',
  'https-proxy-agent',
  // Keys from a virtual machine's metadata; the cloud gives them in the environment
  'axios',
];

/** What the SDK calls in these as it loads and starts, to define things that are then not used. */
const calledOnLoad = [
  '@cloudbase/wx-cloud-client-sdk.generateHTTPClient',
  'json-bigint',
  'protobufjs/minimal.util.newBuffer',
  'protobufjs/minimal.util.Long.fromBits',
];

/**
 * Bundles a stand-in for each of these paths. The SDK itself is bundled as it is. The build fails when
 * one of them is nowhere in the bundle, since a list that no longer fits the SDK leaves nothing out.
 */
export function leaveOut(paths: readonly string[]): Plugin {
  const escaped = paths.map((name) => name.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]'));
  const filter = new RegExp(`[\\\\/]node_modules[\\\\/](${escaped.join('|')})([\\\\/]|\\.js$)`);
  return {
    name: 'leave-out',
    setup(build) {
      const met = new Set<string>();
      build.onLoad({ filter }, ({ path }) => {
        const name = filter.exec(path)?.[1]?.replaceAll('\\', '/') ?? path;
        met.add(name);
        return {
          contents: `module.exports = require('./stand-in').standIn(${JSON.stringify(name)}, ${JSON.stringify(calledOnLoad)});`,
          resolveDir: __dirname,
        };
      });
      build.onEnd(() => ({
        errors: paths
          .filter((path) => !met.has(path))
          .map((path) => ({ text: `${path} is to be left out, but nothing requires it` })),
      }));
    },
  };
}
