/**
 * npm keeps options to itself that do not come after `--`: `npm run deploy --dry-run` would deploy.
 *
 * @param names - The options of the command, without `--`.
 * @returns What to type instead, where npm kept one.
 */
export function keptByNpm(script: string, names: readonly string[]): string | undefined {
  const kept = names.find((name) => {
    const value = process.env[`npm_config_${name.replaceAll('-', '_')}`] ?? '';
    return value !== '' && value !== 'false';
  });
  if (kept === undefined) return undefined;
  return `npm kept --${kept} to itself. Put -- before the options: npm run ${script} -- --${kept}`;
}
