import CloudBase from '@cloudbase/manager-node';

/** What a deployment asks of the real manager-node. Prints, as JSON, what each call came to. */
export async function printManagerCalls([
  envId = '',
  secretId = '',
  secretKey = '',
]: readonly string[]): Promise<void> {
  const manager = new CloudBase({ envId, secretId, secretKey });
  const { database, functions } = manager;
  const call = (Action: string, Param: object) => manager.commonService().call({ Action, Param });
  const index = (...names: string[]) => ({
    CreateIndexes: [
      {
        IndexName: 'expiry',
        MgoKeySchema: {
          MgoIsUnique: false,
          MgoIndexKeys: names.map((Name) => ({ Name, Direction: '1' })),
        },
      },
    ],
  });
  const collection = { EnvId: envId, CollectionName: 'tokens' };

  const answers: Record<string, unknown> = {};
  const calls: [string, () => Promise<unknown>][] = [
    ['create', () => database.createCollectionIfNotExists('tokens')],
    ['create logins', () => database.createCollectionIfNotExists('logins')],
    ['create again', () => database.createCollectionIfNotExists('tokens')],
    ['index', () => database.updateCollection('tokens', index('expiresAt'))],
    ['index again', () => database.updateCollection('tokens', index('expiresAt'))],
    ['other index', () => database.updateCollection('tokens', index('createdAt'))],
    ['describe', () => database.describeCollection('tokens')],
    ['permission', () => call('ModifyDatabaseACL', { ...collection, AclTag: 'ADMINONLY' })],
    ['permission now', () => call('DescribeDatabaseACL', collection)],
    ['unknown parameter', () => call('DescribeDatabaseACL', { ...collection, Region: 'x' })],
    ['unknown action', () => call('DescribeWeather', {})],
    ['detail', () => functions.getFunctionDetail('cleartokens')],
    ['code', () => functions.getFunctionDownloadUrl('gettoken')],
    ['invoke', () => functions.invokeFunction('gettoken', {})],
  ];
  for (const [name, make] of calls) {
    answers[name] = await make().catch((error: unknown) => error);
  }
  process.stdout.write(JSON.stringify(answers));
}
