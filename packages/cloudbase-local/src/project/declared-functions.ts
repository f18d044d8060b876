import path from 'node:path';
import { readFunctions, type FunctionConfig } from './cloudbaserc';
import { stampOf } from './text-file';

/** The functions that cloudbaserc.json declares, as it is now. */
export interface DeclaredFunctions {
  /**
   * @returns The functions; the same list as long as the file is the same.
   * @throws ToolError PROJECT while the file is missing or malformed.
   */
  current(): Promise<readonly FunctionConfig[]>;
}

/** @param root - The project's folder. */
export function followFunctions(root: string): DeclaredFunctions {
  const file = path.join(root, 'cloudbaserc.json');
  let stamp: string | undefined;
  let functions: Promise<readonly FunctionConfig[]> | undefined;
  return {
    current() {
      const now = stampOf(file);
      if (functions === undefined || now !== stamp) functions = readFunctions(root);
      stamp = now;
      return functions;
    },
  };
}
