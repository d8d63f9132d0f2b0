/**
 * Preloaded into n8n: its standard input is a pipe that the starting program holds open. When that program ends in
 * any way, even killed, the pipe closes, and n8n shuts down instead of staying behind.
 */
'use strict';

/** Time for n8n to shut down properly, in milliseconds. */
const GRACE_MS = 10_000;

if (process.env.PLAYGROUND_PARENT_PIPE === 'stdin') {
	// Not for programs that n8n itself starts.
	delete process.env.PLAYGROUND_PARENT_PIPE;
	process.stdin.on('close', () => {
		setTimeout(() => process.exit(1), GRACE_MS).unref();
		if (!process.emit('SIGTERM')) process.exit(1);
	});
	process.stdin.resume();
	// A finished command need not wait for its input to end.
	process.stdin.unref();
}
