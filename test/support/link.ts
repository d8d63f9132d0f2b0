/** Index of the input item that an output item is linked to. */
export const linkOf = (item: { pairedItem?: unknown }): unknown => {
	const { pairedItem } = item;
	return typeof pairedItem === 'object' && pairedItem !== null && 'item' in pairedItem
		? pairedItem.item
		: pairedItem;
};
