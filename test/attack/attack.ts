/** What somebody may try who must not succeed. */
export interface Attack {
	/** What is tried. */
	attack: string;
	/** What is to come of it. */
	expected: string;
	/** Tries it, on an n8n or an engine of its own. */
	attempt: () => Promise<Finding>;
}

export interface Finding {
	/** Whether the attacker has got what they wanted. */
	gotThrough: boolean;
	/** What happened. */
	happened: string;
}

/** One line of somebody's message, for a table. */
export const shorten = (text = 'nothing'): string => {
	const line = text.replace(/\s+/g, ' ');
	return line.length > 90 ? `${line.slice(0, 89)}…` : line;
};

export const refused = (happened?: string): Finding => ({
	gotThrough: false,
	happened: shorten(happened),
});

export const through = (happened: string): Finding => ({
	gotThrough: true,
	happened: shorten(happened),
});
