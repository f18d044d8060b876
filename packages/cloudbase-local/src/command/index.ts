/** What every command of the tools has in common. */
export { runCommand } from './run';
export { isToolError, reason, systemCode, ToolError } from './tool-error';
