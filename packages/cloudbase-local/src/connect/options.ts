import * as v from 'valibot';
import { failed } from './error';

/** WeChat's code of a parameter of the wrong type. */
const wrongType = -401003;

/** What an API was given. @throws CloudError that names what is wrong. */
export function readOptions<Schema extends v.GenericSchema>(
  schema: Schema,
  options: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, options);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const reason = `parameter error: ${v.getDotPath(issue) ?? ''} ${issue.message}`;
  throw failed({ errCode: wrongType, reason });
}
