import { openCloud } from '../../../server/wx-cloud';
import { gettoken } from '../../../server/gettoken';
import { serve } from '../../../server/serve';

export const main = serve('gettoken', openCloud(), gettoken);
