import { performance } from 'node:perf_hooks';
import timers from 'node:timers/promises';

import { install } from '@sinonjs/fake-timers';

/** Kept from before the clock is replaced. */
const sleep = timers.setTimeout;

/** Real milliseconds between two checks of what the process does. */
const LOOK_MS = 1;

/** How long a check itself takes at most, in milliseconds. */
const OWN_WORK_MS = 0.3;

/** Checks in a row that have to find nothing to do: between two steps of an exchange, not even one does. */
const IDLE_LOOKS = 2;

/** Work outside the event loop, which looks idle in the meantime. */
const ELSEWHERE = /Req|Connect|Process|Zlib|Write/i;

const isWorkingElsewhere = () =>
	process.getActiveResourcesInfo().some((name) => ELSEWHERE.test(name));

/**
 * For a test file: nothing waits for a timer while nothing else happens. Time goes on, more slowly on a loaded
 * machine; but if the process, including its sandbox, has nothing left to do, the clock jumps to the next timer: to
 * the end of a back-off, of a rate limit's window, of a delayed answer.
 */
export function skipWaits(): void {
	const clock = install({
		now: Date.now(),
		// Packages that are loaded once may have timers from before.
		shouldClearNativeTimers: true,
		toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
	});
	let isOn = true;

	async function flow() {
		let idleLooks = 0;
		while (isOn) {
			const before = performance.eventLoopUtilization();
			await sleep(LOOK_MS);
			const { active } = performance.eventLoopUtilization(before);
			const isIdle = active < OWN_WORK_MS && !isWorkingElsewhere();
			idleLooks = isIdle ? idleLooks + 1 : 0;
			if (!isOn) return;
			clock.tick(LOOK_MS);
			if (idleLooks < IDLE_LOOKS) continue;
			idleLooks = 0;
			clock.next();
		}
	}

	// Immediately, since concurrent tests don't wait for `beforeAll`; and not by Jest's own fake timers, which
	// pause between tests.
	void flow();
	afterAll(() => {
		isOn = false;
		clock.uninstall();
	});
}
