/**
 * Preloaded into n8n: watches the memory of the process, and writes it down when it ends. The clock later shows
 * which node each sample belongs to.
 *
 * Environment:
 * - BENCH_METER: the file that gets it
 */
'use strict';

const { writeFileSync } = require('node:fs');

const { BENCH_METER } = process.env;
// Not for programs that n8n itself starts.
delete process.env.BENCH_METER;

if (BENCH_METER) {
	/** @type {Array<[number, number]>} when, and how many bytes the process had */
	const memory = [];
	const look = () => memory.push([Date.now(), process.memoryUsage.rss()]);
	setInterval(look, 100).unref();
	process.once('exit', () => {
		look();
		writeFileSync(BENCH_METER, JSON.stringify(memory));
	});
}
