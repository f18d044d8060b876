import { accounts } from '../../../server/accounts';
import { serve } from '../../../server/serve';
import { openCloud } from '../../../server/wx-cloud';

export const main = serve('accounts', openCloud(), accounts(['orders']), { overHttp: false });
