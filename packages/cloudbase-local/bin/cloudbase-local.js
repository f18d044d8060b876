#!/usr/bin/env node
// In git, since npm links a command only if its file is there before the build.
require('../dist/main.js');
