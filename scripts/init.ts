import path from 'node:path';
import { runCommand } from 'cloudbase-local/command';
import { initCommand } from './init/command';

runCommand(initCommand(path.resolve(__dirname, '..')));
