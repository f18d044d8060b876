import { compareTimers, compareUpload, undeclared } from './compare-function';
import type { DeclaredFunction } from './declared-project';
import type { SeenFunction } from './look-at-function';

/** Something that must be done for a function. */
export type FunctionChange = {
  readonly declared: DeclaredFunction;
  /** How the function is not as declared: a sentence without its end. */
  readonly fault: string;
} & (
  | { readonly todo: 'deploy' | 'remove and deploy' }
  | { readonly todo: 'set timers'; readonly seen: SeenFunction }
);

/**
 * @param seen - Undefined if there is no such function.
 * @returns undefined if nothing must be done.
 */
export function planFunction(
  declared: DeclaredFunction,
  seen: SeenFunction | undefined,
): FunctionChange | undefined {
  const { name } = declared.config;
  if (seen === undefined) return { todo: 'deploy', declared, fault: `${name} is not there` };
  if (seen.status !== 'Active') {
    const why = seen.reason === '' ? '' : ` (${seen.reason})`;
    // A function that could not be created takes no update, and nothing was ever in it.
    const todo = seen.status === 'CreateFailed' ? 'remove and deploy' : 'deploy';
    return { todo, declared, fault: `${name} is ${seen.status}${why} and not Active` };
  }
  const ofUpload = compareUpload(declared, seen);
  const ofTimers = compareTimers(declared, seen);
  if (ofUpload.length + ofTimers.length === 0) return undefined;
  const losses = undeclared(declared, seen).map((each) => `has ${each}, which an upload removes`);
  // An upload without variables removes none.
  const lost = ofUpload.length === 0 || declared.settings.size === 0 ? [] : losses;
  const fault = `${name} ${[...ofUpload, ...ofTimers, ...lost].join(', ')}`;
  if (ofUpload.length > 0) return { todo: 'deploy', declared, fault };
  return { todo: 'set timers', declared, fault, seen };
}

/**
 * @param envId - The environment, for the command that removes a function.
 * @returns A sentence if the function runs on another runtime.
 */
export function findRuntimeConflicts(
  { config: { name, runtime } }: DeclaredFunction,
  seen: SeenFunction | undefined,
  envId: string,
): string[] {
  if (seen?.status !== 'Active' || seen.runtime === runtime) return [];
  return [
    `${name} runs on ${seen.runtime} and not ${runtime}, and no update changes that. ` +
      `Delete it (\`npx tcb fn delete ${name} -e ${envId}\`), and run this again.`,
  ];
}
