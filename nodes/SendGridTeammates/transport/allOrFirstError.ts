/**
 * Like `Promise.all`, but ends when all have: where one fails, nothing of the others is still on its way after
 * the item that wanted them has been answered.
 */
export async function allOrFirstError<Values extends readonly unknown[]>(promises: {
	[Index in keyof Values]: Promise<Values[Index]>;
}): Promise<Values> {
	await Promise.allSettled(promises);
	return (await Promise.all(promises)) as unknown as Values;
}
