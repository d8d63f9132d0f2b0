import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Real milliseconds between two looks at what the process does. */
const LOOK_MS = 1;

/** Of a look's time, what the look itself takes at most, in milliseconds. */
const OWN_WORK_MS = 0.3;

/** Looks in a row that have to find nothing to do: between two steps of an exchange there is never one. */
const IDLE_LOOKS = 2;

/** Work that is done outside of the event loop, which looks idle meanwhile. */
const ELSEWHERE = /Req|Connect|Process|Zlib|Write/i;

const isWorkingElsewhere = () =>
	process.getActiveResourcesInfo().some((name) => ELSEWHERE.test(name));

/**
 * For a test file: nobody waits for a timer while nothing else happens. Time goes on as ever, but where the process,
 * the sandbox in it included, has nothing left to do, the clock moves to the next timer at once: to the end of a
 * back-off, of a rate limit's window, of a held back answer.
 */
export function skipWaits(): void {
	let isOn = true;

	async function flow() {
		let idleLooks = 0;
		while (isOn) {
			const before = performance.eventLoopUtilization();
			await sleep(LOOK_MS);
			if (!isOn) return;
			const { active, idle } = performance.eventLoopUtilization(before);
			const isIdle = active < OWN_WORK_MS && !isWorkingElsewhere();
			idleLooks = isIdle ? idleLooks + 1 : 0;
			jest.advanceTimersByTime(Math.max(1, Math.round(active + idle)));
			if (idleLooks >= IDLE_LOOKS) {
				idleLooks = 0;
				jest.advanceTimersToNextTimer();
			}
		}
	}

	beforeAll(() => {
		jest.useFakeTimers({
			doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'hrtime'],
		});
		isOn = true;
		void flow();
	});
	afterAll(() => {
		isOn = false;
		jest.useRealTimers();
	});
}
