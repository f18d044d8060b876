import path from 'node:path';
import { runCommand } from 'cloudbase-local/command';
import { newCommand } from './new/command';

runCommand(newCommand(path.resolve(__dirname, '..')));
