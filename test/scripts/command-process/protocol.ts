import * as v from 'valibot';

/** What is run. */
export const requestSchema = v.object({
  command: v.picklist(['deploy', 'init', 'manager-calls', 'new']),
  /** The folder of the project that it is run on. */
  root: v.string(),
  args: v.array(v.string()),
  cwd: v.string(),
  /** The whole of it. */
  environment: v.record(v.string(), v.string()),
});
export type Request = v.InferOutput<typeof requestSchema>;

/** How a command ended. */
export const runSchema = v.object({
  status: v.nullable(v.number()),
  stdout: v.string(),
  stderr: v.string(),
});
export type Run = v.InferOutput<typeof runSchema>;
