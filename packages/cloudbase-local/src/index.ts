export { startLocalCloud } from './cloud';
export type { LocalCloud, LocalCloudOptions } from './cloud';
export { startCommand } from './start-command';
