export { startLocalCloud } from './cloud';
export type { LocalCloud, LocalCloudOptions, LocalWeChat } from './cloud';
export { startCommand } from './start-command';
export type { StartDefaults } from './start-command';
