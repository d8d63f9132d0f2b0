/** Whose turn it is, for each key: ends when the last one in the queue has had theirs. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Does something after everybody who came earlier with the same key has finished, well or badly. In the whole
 * process: two workflows may be about the same person.
 *
 * @param work is told whether it had to wait
 */
export async function runExclusive<Result>(
	key: string,
	work: (waited: boolean) => Promise<Result>,
): Promise<Result> {
	const before = queues.get(key);
	const turn = (async () => {
		await before;
		return await work(before !== undefined);
	})();
	const over = turn.then(
		() => undefined,
		() => undefined,
	);
	queues.set(key, over);
	try {
		return await turn;
	} finally {
		if (queues.get(key) === over) queues.delete(key);
	}
}
