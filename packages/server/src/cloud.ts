import { openCloud } from '../../../server/wx-cloud';

/** The cloud that the functions of this package run in, through an SDK of their own. */
export const cloud = openCloud();
