import { openCloud } from '../../../server/wx-cloud';
import { cleartokens } from '../../../server/cleartokens';
import { serve } from '../../../server/serve';

export const main = serve('cleartokens', openCloud(), cleartokens, { overHttp: false });
