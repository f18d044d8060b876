import path from 'node:path';
import { format, getFileInfo, resolveConfig } from 'prettier';

/**
 * @param root - The project's folder.
 * @param file - From that folder.
 * @returns The text of the file as the project formats such files.
 */
export async function formatted(root: string, file: string, text: string): Promise<string> {
  const target = path.join(root, file);
  const ignorePath = path.join(root, '.prettierignore');
  const { ignored, inferredParser } = await getFileInfo(target, { ignorePath });
  if (ignored || inferredParser === null) return text;
  return format(text, { ...(await resolveConfig(target)), filepath: target });
}
