const [, , name, ...args] = process.argv;

/** Each command loads what it needs alone. */
async function main(): Promise<void> {
  if (name !== 'import' && name !== 'export') {
    const { startCommand } = await import('./start-command');
    startCommand({});
    return;
  }
  const { transferCommands } = await import('./transfer-command');
  await transferCommands[name](args);
}

void main();
