import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { ToolError } from '../command/tool-error';

/** What a project shows beside the phone: panel.html, panel.css and panel.ts of one folder. */
export interface Panel {
  html(): Promise<string>;
  /** @throws Error if it does not compile. */
  script(): Promise<string>;
  style(): Promise<string>;
}

/**
 * Reads a panel anew each time it is asked for, so that a change shows with the next reload.
 *
 * @throws ToolError PROJECT if one of its files is missing.
 */
export function openPanel(folder: string): Panel {
  const file = (name: string): string => path.join(folder, name);
  const missing = ['panel.html', 'panel.css', 'panel.ts']
    .map(file)
    .find((each) => !existsSync(each));
  if (missing !== undefined) {
    throw new ToolError('PROJECT', `${missing} is missing: it is a part of every panel.`);
  }
  return {
    html: () => readFile(file('panel.html'), 'utf8'),
    script: () => bundle(file('panel.ts')),
    style: () => bundle(file('panel.css')),
  };
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    logLevel: 'silent',
    // The panel of a project that has this package nowhere in its folders finds it too.
    alias: { 'cloudbase-local/panel': path.join(__dirname, 'browser/panel.js') },
  });
  return outputFiles[0]?.text ?? '';
}
