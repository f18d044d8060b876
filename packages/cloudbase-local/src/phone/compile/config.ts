import * as v from 'valibot';
import { SourcesError } from '../../project/fault';
import { readSource } from './source-text';

const styleIsolations = [
  'isolated',
  'apply-shared',
  'shared',
  'page-isolated',
  'page-apply-shared',
  'page-shared',
] as const;

const colour = v.optional(v.string());

const windowSchema = v.object({
  navigationBarTitleText: v.optional(v.string()),
  navigationBarBackgroundColor: colour,
  navigationBarTextStyle: colour,
  navigationStyle: v.optional(v.picklist(['default', 'custom'])),
  backgroundTextStyle: colour,
  enablePullDownRefresh: v.optional(v.boolean()),
  onReachBottomDistance: v.optional(v.number()),
});
const usingComponents = v.optional(v.record(v.string(), v.string()), {});
const subpackages = v.optional(
  v.array(v.object({ root: v.string(), pages: v.optional(v.array(v.string()), []) })),
  [],
);
const tabBarSchema = v.object({
  color: colour,
  selectedColor: colour,
  backgroundColor: colour,
  borderStyle: colour,
  custom: v.optional(v.boolean(), false),
  list: v.array(
    v.object({
      pagePath: v.string(),
      text: v.optional(v.string(), ''),
      iconPath: v.optional(v.string()),
      selectedIconPath: v.optional(v.string()),
    }),
  ),
});

/** app.json, as far as the preview follows it. */
export const appSchema = v.object({
  pages: v.tupleWithRest([v.string()], v.string()),
  entryPagePath: v.optional(v.string()),
  // WeChat takes both spellings.
  subpackages,
  subPackages: subpackages,
  window: v.optional(windowSchema, {}),
  tabBar: v.optional(tabBarSchema),
  darkmode: v.optional(v.boolean(), false),
  usingComponents,
  resolveAlias: v.optional(v.record(v.string(), v.string()), {}),
  themeLocation: v.optional(v.string(), 'theme.json'),
});

/** The JSON file of a page or a component. */
export const componentSchema = v.object({
  ...windowSchema.entries,
  component: v.optional(v.boolean(), false),
  usingComponents,
  componentGenerics: v.optional(
    v.record(v.string(), v.union([v.literal(true), v.object({ default: v.optional(v.string()) })])),
    {},
  ),
  styleIsolation: v.optional(v.picklist(styleIsolations)),
  pureDataPattern: v.optional(v.string()),
});

const themeValues = v.optional(v.record(v.string(), v.string()), {});

/** theme.json: values for `@names` in the configuration. */
export const themeSchema = v.object({ light: themeValues, dark: themeValues });

export type StyleIsolation = (typeof styleIsolations)[number];
export type AppConfig = v.InferOutput<typeof appSchema>;
export type TabBarConfig = v.InferOutput<typeof tabBarSchema>;
export type WindowConfig = v.InferOutput<typeof windowSchema>;
export type Theme = v.InferOutput<typeof themeSchema>;

/**
 * Reads a JSON file of the mini program.
 *
 * @param fallback what an absent file means; without it, an absent file is a fault
 * @throws {SourcesError} naming the file and the field
 */
export async function readConfig<Schema extends v.GenericSchema>(
  file: string,
  schema: Schema,
  fallback?: v.InferInput<Schema>,
): Promise<v.InferOutput<Schema>> {
  const text = await readSource(file);
  if (text === undefined && fallback === undefined)
    throw new SourcesError([{ file, reason: '文件不存在' }]);
  const parsed = v.safeParse(schema, text === undefined ? fallback : parseJson(file, text));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new SourcesError([{ file, reason: `${v.getDotPath(issue) ?? '内容'}: ${issue.message}` }]);
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SourcesError([{ file, reason: `不是合法的 JSON：${reason}` }], { cause });
  }
}
