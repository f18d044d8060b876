import { greeting } from './greeting';

export const main = ({
  queryStringParameters: query,
}: {
  queryStringParameters?: { name?: string };
}): object => ({
  statusCode: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: greeting(query?.name ?? 'nobody'),
});
