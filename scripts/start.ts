import path from 'node:path';
import { startCommand } from 'cloudbase-local';
import { startDefaults } from './start-defaults';

/** `npm start`: the local cloud with what this project adds. */
startCommand(startDefaults(path.resolve(__dirname, '..')), 'start');
