import { startSandbox } from '../../sandbox/sandbox.mts';
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.mts';
import { SEED_KEYS, seedDefault } from '../../sandbox/seed.mts';
import type { Teammate } from '../../sandbox/model.mts';

export interface CallOptions {
	/** Default: the parent's full-access key; null: no Authorization header. */
	key?: string | null;
	host?: 'global' | 'eu';
	onBehalfOf?: string;
	/** Sent as JSON. */
	body?: unknown;
	/** Give up after this many milliseconds. */
	timeout?: number;
}

export interface Reply {
	status: number;
	headers: Headers;
	text: string;
	/** Undefined if the text isn't JSON. */
	json: unknown;
}

const parsed = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

export const replyOf = async (response: Response): Promise<Reply> => {
	const text = await response.text();
	return { status: response.status, headers: response.headers, text, json: parsed(text) };
};

/** A sandbox for one test file, with a fresh example company for every test. */
export function seededSandbox(options?: SandboxOptions) {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox(options);
	});
	afterAll(async () => {
		await sandbox.close();
	});
	beforeEach(() => {
		sandbox.state.reset();
		seedDefault(sandbox.state);
	});

	return {
		get state() {
			return sandbox.state;
		},
		keys: SEED_KEYS,
		get globalUrl() {
			return sandbox.globalUrl;
		},
		get controlUrl() {
			return sandbox.controlUrl;
		},
		async call(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
			const { key = SEED_KEYS.fullAccess, host = 'global', onBehalfOf, body, timeout } = options;
			const headers: Record<string, string> = {};
			if (key !== null) headers.Authorization = `Bearer ${key}`;
			if (onBehalfOf !== undefined) headers['on-behalf-of'] = onBehalfOf;
			if (body !== undefined) headers['Content-Type'] = 'application/json';
			const base = host === 'eu' ? sandbox.euUrl : sandbox.globalUrl;
			const response = await fetch(`${base}${path}`, {
				method,
				headers,
				body: body === undefined ? undefined : JSON.stringify(body),
				signal: timeout === undefined ? undefined : AbortSignal.timeout(timeout),
			});
			return await replyOf(response);
		},
		/** The first parent's teammate of that username. */
		teammate(username: string): Teammate {
			const found = sandbox.state
				.account()
				.teammates.find(({ profile }) => profile.username === username);
			if (!found) throw new Error(`no teammate ${username}`);
			return found;
		},
		/** Addresses of the sent emails, in order. */
		mailed: (): string[] => sandbox.state.sentEmails.map(({ email }) => email),
		/** Addresses of the first parent's invitations, in order. */
		invited: (): string[] => sandbox.state.account().invitations.map(({ email }) => email),
	};
}

export const errorOf = (message: string, rest: { field?: string | null; help?: null } = {}) => ({
	errors: [{ message, ...rest }],
});

export const FORBIDDEN = errorOf('access forbidden', { field: null });
export const BAD_KEY = errorOf('The provided authorization grant is invalid, expired, or revoked', {
	field: null,
	help: null,
});
export const NOT_FOUND = errorOf('not found', { field: null });

/** Items of a list's envelope. */
export const itemsOf = <Item = Record<string, unknown>>({ json }: Reply): Item[] =>
	(json as { result: Item[] }).result;
