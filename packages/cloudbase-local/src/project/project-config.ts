import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile } from './json-file';

const packRule = v.object({
  type: v.picklist(['file', 'folder', 'prefix', 'suffix', 'regexp']),
  value: v.string(),
});

const schema = v.object({
  projectname: v.optional(v.string()),
  miniprogramRoot: v.optional(v.string(), ''),
  packOptions: v.optional(v.object({ ignore: v.optional(v.array(v.unknown()), []) }), {}),
});

export type PackRule = v.InferOutput<typeof packRule>;

/** What WeChat DevTools knows of a project. */
export interface ProjectConfig {
  readonly name: string;
  /** The mini program's folder. */
  readonly miniProgram: string;
  /** What is left out of the mini program's package. */
  readonly ignored: readonly PackRule[];
}

/**
 * Reads project.config.json; a project without it keeps its mini program in `miniprogram/`.
 * Reference: https://developers.weixin.qq.com/miniprogram/dev/devtools/projectconfig.html
 *
 * @param root - The project's folder.
 * @throws ToolError PROJECT if the file is malformed.
 */
export async function readProjectConfig(root: string): Promise<ProjectConfig> {
  const missing = { miniprogramRoot: 'miniprogram/' };
  const config = await readJsonFile(path.join(root, 'project.config.json'), schema, missing);
  return {
    name: config.projectname ?? path.basename(root),
    miniProgram: path.resolve(root, config.miniprogramRoot),
    // DevTools takes rules of other types too: they ask for nothing here.
    ignored: config.packOptions.ignore.filter((rule) => v.is(packRule, rule)),
  };
}
