/**
 * Bundles a program with the SDK as the functions are bundled, and loads it. The program uses the SDK in
 * the way the first argument names, and prints what came of it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { leaveOut, leftOut } from '../../scripts/leave-out';

const uses: Readonly<Record<string, string>> = {
  openapi: 'cloud.openapi.security.msgSecCheck({ content: "a" })',
  pay: 'cloud.cloudPay.unifiedOrder({ body: "a" })',
  openData: 'cloud.getOpenData({ list: ["a"] })',
  database: 'cloud.database().collection("a").where({ b: 1 }).get()',
};

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'token-loop-'));
  const outfile = path.join(folder, 'index.js');
  await build({
    stdin: {
      resolveDir: __dirname,
      contents: `const cloud = require('wx-server-sdk');
        cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });
        ${uses[process.argv[2] ?? ''] ?? ''}.catch((error) => console.log(error.code, error.message));`,
    },
    bundle: true,
    platform: 'node',
    outfile,
    plugins: [leaveOut(leftOut)],
  });
  createRequire(outfile)(outfile);
  rmSync(folder, { recursive: true });
}

void main();
