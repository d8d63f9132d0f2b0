/**
 * Preloaded into n8n: watches the event loop and the memory of the process from its first moment, and writes
 * both down when it ends. What belongs to which node is found afterwards, by the clock.
 *
 * `perf_hooks.monitorEventLoopDelay` measures the same way, by a timer that comes late; its histogram has no
 * times, though, and n8n blocks the loop for seconds while it starts.
 *
 * Environment:
 * - BENCH_METER: the folder that gets meter.json
 */
'use strict';

const { writeFileSync } = require('node:fs');
const path = require('node:path');

const RESOLUTION_MS = 10;
/** Asking for the memory each time would be a load of its own. */
const TICKS_PER_MEMORY = 10;

const { BENCH_METER } = process.env;
// Not for the programs that n8n starts itself.
delete process.env.BENCH_METER;

/** @param {string} file */
function watch(file) {
	/** @type {Array<[number, number]>} when the timer came, and how late it was, in milliseconds */
	const delays = [];
	/** @type {Array<[number, number]>} when, and how many bytes the process had */
	const memory = [];
	let last = performance.now();
	let ticks = 0;
	const tick = () => {
		const now = performance.now();
		delays.push([Date.now(), Math.max(0, now - last - RESOLUTION_MS)]);
		last = now;
		if (ticks++ % TICKS_PER_MEMORY === 0) {
			memory.push([Date.now(), process.memoryUsage.rss()]);
		}
	};
	setInterval(tick, RESOLUTION_MS).unref();
	process.once('exit', () => {
		tick();
		// Kilobytes on every system.
		const peak = process.resourceUsage().maxRSS * 1024;
		writeFileSync(file, JSON.stringify({ delays, memory, peak }));
	});
}

if (BENCH_METER) watch(path.join(BENCH_METER, 'meter.json'));
