/** A value of the flatted format before its references are followed. */
type Entry = unknown[] | Record<string, unknown> | string | number | boolean | null;

/**
 * Reads the flatted format, in which n8n sends the data of an execution: a JSON list of values,
 * where each string inside a list or an object is the index of the value that belongs there.
 *
 *     [{"name":"1","tags":"2"},"Ada",["3","1"],"x"]  ->  { name: 'Ada', tags: ['x', 'Ada'] }
 */
export function parseFlatted(text: string): unknown {
	const entries = JSON.parse(text) as Entry[];
	const built = new Map<string, unknown>();

	const follow = (value: unknown): unknown => (typeof value === 'string' ? build(value) : value);

	const build = (index: string): unknown => {
		if (built.has(index)) return built.get(index);
		const entry = entries[Number(index)];
		if (typeof entry !== 'object' || entry === null) return entry;
		// Remembered before it is filled: the data may refer back to it.
		if (Array.isArray(entry)) {
			const list: unknown[] = [];
			built.set(index, list);
			for (const value of entry) list.push(follow(value));
			return list;
		}
		const object: Record<string, unknown> = {};
		built.set(index, object);
		for (const [key, value] of Object.entries(entry)) object[key] = follow(value);
		return object;
	};

	return build('0');
}
