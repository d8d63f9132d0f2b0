/** Indexes of all input items that an output item is linked to. */
export const linksOf = ({ pairedItem }: { pairedItem?: unknown }): unknown[] =>
	[pairedItem].flat().map((one) => linkOf({ pairedItem: one }));

/** Index of the input item that an output item is linked to. */
export const linkOf = (item: { pairedItem?: unknown }): unknown => {
	const { pairedItem } = item;
	return typeof pairedItem === 'object' && pairedItem !== null && 'item' in pairedItem
		? pairedItem.item
		: pairedItem;
};
