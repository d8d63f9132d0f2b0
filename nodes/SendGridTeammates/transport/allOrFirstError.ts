/**
 * Like `Promise.all`, but settles only when all have settled, so that no request is still running after its item
 * has been answered.
 */
export async function allOrFirstError<Values extends readonly unknown[]>(promises: {
	[Index in keyof Values]: Promise<Values[Index]>;
}): Promise<Values> {
	await Promise.allSettled(promises);
	return (await Promise.all(promises)) as unknown as Values;
}
