import path from 'node:path';
import { runCommand, ToolError } from 'cloudbase-local/command';
import { deployCommand } from './deploy/command';

const interruption = new AbortController();

/** A second run completes what was begun in the cloud. */
function endOn(signal: NodeJS.Signals, status: number): void {
  process.once(signal, () => {
    process.exitCode = status;
    const message = 'Interrupted. Run this again: it goes on where this stopped.';
    interruption.abort(new ToolError('INTERRUPTED', message));
    // A connection that hangs would keep the process for a minute.
    setTimeout(() => process.exit(status), 3000).unref();
  });
}

endOn('SIGINT', 130);
endOn('SIGTERM', 143);
runCommand(deployCommand(path.resolve(__dirname, '..'), interruption.signal));
