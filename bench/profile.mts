import type { Span } from './meter.mts';

/** What the time goes into, in the order of the report. */
export const SHARES = {
	enginePass: "expressions, n8n's own first pass over the fields",
	baseUrlPass: "expressions, n8n's second pass (for the base URL)",
	ownReads: 'expressions, read by the node itself',
	credential: 'credential: read from the database and decrypted',
	sending: 'sending requests: HTTP and TLS',
	engine: "the rest of n8n's declarative engine",
	own: "the node's own code",
	garbage: 'garbage collection',
	idle: 'waiting',
	other: 'everything else',
} as const;

export type Share = keyof typeof SHARES;

/** Milliseconds of the node's time. */
export type Summary = Record<Share, number>;

export interface Profile {
	shares: Summary;
	/** Milliseconds of the longest time in which nothing but the node's own code ran, and what it calls. */
	longestOwn: number;
}

interface Frame {
	functionName: string;
	url: string;
}

interface Profiled {
	/** Milliseconds since 1970. */
	startedAt: number;
	profile: {
		nodes: Array<{ id: number; callFrame: Frame; children?: number[] }>;
		/** Which node was being executed, and microseconds since the sample before. */
		samples: number[];
		timeDeltas: number[];
	};
}

const isOurs = ({ url }: Frame) => url.includes('n8n-nodes-sendgrid-teammates');
const isOwn = (frame: Frame) => isOurs(frame) || /\/HttpRequestV3\.node\.js$/.test(frame.url);
const isExpression = ({ url }: Frame) => /n8n-workflow\/.*\/(workflow-)?expression\.js$/.test(url);
const isCredential = ({ functionName, url }: Frame) =>
	/credentials-helper\.js$|\/encryption\/|\/typeorm\/|\/sqlite3\//.test(url) ||
	/^_?getCredentials$/.test(functionName);
const isSending = ({ url }: Frame) =>
	/\/(axios|follow-redirects|backend-network)\/|\/request-helpers\/|^node:(_http|https?$|_tls|internal\/tls|net|_stream|internal\/crypto)/.test(
		url,
	);
const isEngine = ({ url }: Frame) => /\/(routing-node|node-helpers)\.js$/.test(url);

/** @param stack from the outermost function to the one that was running */
function shareOf(stack: Frame[]): Share {
	const running = stack.at(-1)?.functionName;
	if (running === '(idle)') return 'idle';
	if (running === '(garbage collector)') return 'garbage';
	if (stack.some(isCredential)) return 'credential';
	if (stack.some(isExpression)) {
		if (stack.some(isOwn)) return 'ownReads';
		return stack.some(({ functionName }) => functionName === 'resolveBaseUrl')
			? 'baseUrlPass'
			: 'enginePass';
	}
	if (stack.some(isSending)) return 'sending';
	if (stack.some(isOwn)) return 'own';
	return stack.some(isEngine) ? 'engine' : 'other';
}

interface Judgement {
	share: Share;
	/** Whether the node had called what was running; undefined for what interrupts everybody. */
	ofNode: boolean | undefined;
}

function ofNode(stack: Frame[]): boolean | undefined {
	const running = stack.at(-1)?.functionName ?? '';
	return /^\((garbage collector|program)\)$/.test(running) ? undefined : stack.some(isOwn);
}

/** Adds up the samples of a CPU profile that fall into the span. */
export function summarize(text: string, { startTime, executionTime }: Span): Profile {
	const { startedAt, profile } = JSON.parse(text) as Profiled;
	const parents = new Map<number, number>();
	for (const { id, children = [] } of profile.nodes) {
		for (const child of children) parents.set(child, id);
	}
	const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
	const known = new Map<number, Judgement>();
	const judge = (id: number): Judgement => {
		const judged = known.get(id);
		if (judged !== undefined) return judged;
		const stack: Frame[] = [];
		for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
			const frame = frames.get(at);
			if (frame) stack.unshift(frame);
		}
		const found = { share: shareOf(stack), ofNode: ofNode(stack) };
		known.set(id, found);
		return found;
	};

	const names = Object.keys(SHARES) as Share[];
	const summary = Object.fromEntries(names.map((name) => [name, 0])) as Summary;
	let at = startedAt;
	let own = 0;
	let longestOwn = 0;
	for (const [i, id] of profile.samples.entries()) {
		at += profile.timeDeltas[i] / 1000;
		if (at < startTime || at > startTime + executionTime) continue;
		// A sample stands for the time until the next one.
		const lasted = (profile.timeDeltas[i + 1] ?? 0) / 1000;
		const { share, ofNode: isOfNode } = judge(id);
		summary[share] += lasted;
		if (isOfNode !== undefined) own = isOfNode ? own + lasted : 0;
		longestOwn = Math.max(longestOwn, own);
	}
	return { shares: summary, longestOwn };
}
