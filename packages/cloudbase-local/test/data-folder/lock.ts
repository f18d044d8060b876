import { lockFolder } from '../../dist/data-folder/lock';

/**
 * Takes folders in a process of its own, and holds what it gets until stdin ends. Arguments: the folders.
 * Prints `ready`; then takes a time in milliseconds, and asks for the first folder at that time sharp, for the
 * next one a little later... Prints the folders that it got as JSON.
 */
const step = 40;

async function main(folders: readonly string[]): Promise<void> {
  process.stdout.write('ready\n');
  process.stdin.once('data', (line) => {
    void takeAll(folders, Number(line)).then((got) =>
      process.stdout.write(`${JSON.stringify(got)}\n`),
    );
  });
  await new Promise((resolve) => process.stdin.once('end', resolve));
}

async function takeAll(folders: readonly string[], from: number): Promise<string[]> {
  const got: string[] = [];
  for (const [index, folder] of folders.entries()) {
    while (Date.now() < from + index * step);
    await lockFolder(folder).then(
      () => got.push(folder),
      () => undefined,
    );
  }
  return got;
}

void main(process.argv.slice(2));
