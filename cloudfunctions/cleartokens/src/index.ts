import { openCloud } from '../../../server/cloud';
import { cleartokens } from '../../../server/cleartokens';
import { serve } from '../../../server/serve';

export const main = serve('cleartokens', openCloud(), cleartokens);
