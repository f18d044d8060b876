import { openCloud } from '../../../server/wx-cloud';
import { guard } from '../../../server/guard';
import { orders } from '../../../server/orders';
import { serve } from '../../../server/serve';

export const main = serve('orders', openCloud(), guard(orders));
