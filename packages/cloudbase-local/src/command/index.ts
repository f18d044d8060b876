/** What every command of the tools has in common. */
export { execute, runCommand, type Command } from './run';
export { isToolError, reason, systemCode, ToolError } from './tool-error';
