import type { Plugin } from 'esbuild';

/**
 * What the SDK requires as it loads and no function here calls: AI, data models, file storage, tickets
 * (jwt), WeChat's open API (protobuf), live queries, requests through a proxy. A function that needs one
 * of them: take its package off this list and build again.
 */
export const leftOut = [
  '@cloudbase/ai',
  '@cloudbase/app',
  '@cloudbase/wx-cloud-client-sdk',
  'axios',
  'form-data',
  'http-proxy-agent',
  'https-proxy-agent',
  'json-bigint',
  'jsonwebtoken',
  'lodash.clonedeep',
  'lodash.set',
  'lodash.unset',
  'mime-db',
  'protobufjs/minimal',
  'web-streams-polyfill',
  'xml2js',
];

/** What the SDK calls in these packages as it loads, to define things that are then not used. */
const calledOnLoad = [
  'json-bigint',
  'protobufjs/minimal.util.newBuffer',
  'protobufjs/minimal.util.Long.fromBits',
];

/** Bundles a stand-in for each of these packages. The SDK itself is bundled as it is. */
export function leaveOut(packages: readonly string[]): Plugin {
  const escaped = packages.map((name) => name.replaceAll('.', '\\.'));
  return {
    name: 'leave-out',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^(${escaped.join('|')})$`) }, ({ path }) => ({
        path,
        namespace: 'left-out',
      }));
      build.onLoad({ filter: /^/, namespace: 'left-out' }, ({ path }) => ({
        contents: `module.exports = require('./stand-in').standIn(${JSON.stringify(path)}, ${JSON.stringify(calledOnLoad)});`,
        resolveDir: __dirname,
      }));
    },
  };
}
