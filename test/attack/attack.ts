/** Something that an attacker may try and that must not succeed. */
export interface Attack {
	/** What is tried. */
	attack: string;
	/** The expected outcome. */
	expected: string;
	/** Tries it, in its own n8n or engine. */
	attempt: () => Promise<Finding>;
}

export interface Finding {
	/** Whether the attacker got what they wanted. */
	gotThrough: boolean;
	/** What happened. */
	happened: string;
}

/** One line of a foreign message, for a table. */
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
