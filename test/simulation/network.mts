import type { IHttpRequestOptions, IN8nHttpFullResponse, INode, JsonObject } from 'n8n-workflow';

import { exchange, type ApiRequest } from '../../sandbox/exchange.mts';
import type { Region, RequestEntry } from '../../sandbox/model.mts';
import type { SandboxState } from '../../sandbox/state.mts';
import { NodeApiError } from './n8nWorkflow.mts';
import type { Random } from './random.mts';
import type { Ours } from './truth.mts';
import type { VirtualClock } from './virtualClock.mts';

const HOSTS: Record<string, Region> = {
	'api.sendgrid.com': 'global',
	'api.eu.sendgrid.com': 'eu',
};

/** What goes wrong between n8n and SendGrid without any answer from SendGrid. */
export type WireFault =
	/** Nothing arrives. */
	| 'refused'
	/** Everything arrives and is carried out; the encrypted connection breaks while the answer is on its way. */
	| 'tls-broken';

export interface NetworkSettings {
	/** Milliseconds that a request, and its answer, takes on the way: each between these two. */
	latency: { least: number; most: number };
	/** The share of requests that meet a network fault. */
	wireFaults: Array<{ fault: WireFault; probability: number }>;
	/** Whether answers come without the header `Date`. */
	hasNoDate?: boolean;
}

/** The errors of n8n's HTTP library, as far as the node can see them; recorded with n8n-core 2.40.3. */
function axiosError(name: string, code: string, message: string): Error {
	const error = new Error(message);
	return Object.assign(error, { name, code, isAxiosError: true, config: {}, request: {} });
}

const errors = {
	reset: () => axiosError('Error', 'ECONNRESET', 'socket hang up'),
	refused: () => axiosError('Error', 'ECONNREFUSED', 'connect ECONNREFUSED 159.122.219.43:443'),
	unknownHost: (host: string) => axiosError('Error', 'ENOTFOUND', `getaddrinfo ENOTFOUND ${host}`),
	timeout: (ms: number) => axiosError('AxiosError', 'ECONNABORTED', `timeout of ${ms}ms exceeded`),
	cancelled: () =>
		Object.assign(axiosError('CanceledError', 'ERR_CANCELED', 'canceled'), { __CANCEL__: true }),
	tls: () =>
		axiosError(
			'Error',
			'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
			'SSL routines:ssl3_get_record:decryption failed or bad record mac',
		),
};

/** Axios parses JSON whatever its content type. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** n8n leaves out entries without a value and writes everything else as text. */
function urlOf({ url, qs = {} }: IHttpRequestOptions): URL {
	const full = new URL(url);
	for (const [name, value] of Object.entries(qs)) {
		if (value !== undefined && value !== null) full.searchParams.append(name, String(value));
	}
	return full;
}

function lowerCase(headers: IHttpRequestOptions['headers'] = {}): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
}

/** Gets each request that arrives, and carries it out by calling `arrive`. */
type OnArrival = (sender: Ours, arrive: () => RequestEntry) => void;

/** The way from n8n to SendGrid and back: takes time, and sometimes goes wrong. */
export class Network {
	private readonly inFlight: Record<Region, number> = { global: 0, eu: 0 };

	private readonly sendGrid: SandboxState;

	private readonly clock: VirtualClock;

	private readonly random: Random;

	private readonly settings: NetworkSettings;

	private readonly onArrival: OnArrival;

	constructor(
		sendGrid: SandboxState,
		clock: VirtualClock,
		random: Random,
		settings: NetworkSettings,
		onArrival: OnArrival,
	) {
		this.sendGrid = sendGrid;
		this.clock = clock;
		this.random = random;
		this.settings = settings;
		this.onArrival = onArrival;
	}

	/**
	 * Sends a signed request the way n8n's HTTP library does.
	 *
	 * @throws NodeApiError as n8n's helper wraps every failure on the way
	 */
	async send(
		sender: Ours,
		node: INode,
		options: IHttpRequestOptions,
	): Promise<IN8nHttpFullResponse> {
		try {
			return await new Promise<IN8nHttpFullResponse>((answer, fail) => {
				this.travel(sender, options, answer, fail);
			});
		} catch (error) {
			throw new NodeApiError(node, error as JsonObject);
		}
	}

	private travel(
		sender: Ours,
		options: IHttpRequestOptions,
		answer: (response: IN8nHttpFullResponse) => void,
		fail: (error: Error) => void,
	): void {
		const { timeout, abortSignal } = options as IHttpRequestOptions & { abortSignal?: AbortSignal };
		const url = urlOf(options);
		const host = HOSTS[url.hostname];
		const fault = this.settings.wireFaults.find(({ probability }) =>
			this.random.chance(probability),
		)?.fault;
		const [there, back] = [this.latency(), this.latency()];
		if (abortSignal?.aborted) return fail(errors.cancelled());
		if (!host) return void this.clock.after(there, () => fail(errors.unknownHost(url.hostname)));
		if (fault === 'refused') return void this.clock.after(there, () => fail(errors.refused()));

		const over: Array<() => void> = [];
		const end = (how: () => void) => {
			for (const undo of over.splice(0)) undo();
			how();
		};
		// A time-out on silence, as in axios: an answer that dribbles in never reaches it.
		let endSilence = () => {};
		if (timeout) {
			endSilence = this.clock.after(timeout, () => end(() => fail(errors.timeout(timeout))));
			over.push(endSilence);
		}
		if (abortSignal) {
			const onAbort = () => end(() => fail(errors.cancelled()));
			abortSignal.addEventListener('abort', onAbort, { once: true });
			over.push(() => abortSignal.removeEventListener('abort', onAbort));
		}

		// A sent request arrives even if nobody waits for the answer any more.
		this.clock.after(there, () => {
			this.inFlight[host] += 1;
			let finish = (): IN8nHttpFullResponse | Error | 'silence' | 'dribble' => 'silence';
			let delay = 0;
			this.onArrival(sender, () => {
				const request: ApiRequest = {
					host,
					method: options.method ?? 'GET',
					url: `${url.pathname}${url.search}`,
					headers: lowerCase(options.headers),
					headerNames: Object.keys(lowerCase(options.headers)),
					body: options.body === undefined ? undefined : JSON.stringify(options.body),
					inFlight: this.inFlight[host],
				};
				const exchanged = exchange(this.sendGrid, request, (late, carryOut) =>
					this.onArrival(sender, () => {
						carryOut();
						return late;
					}),
				);
				const { entry, delayMs, answer: outcomeOf } = exchanged;
				// A 504 with a late effect is trouble enough: it could not be distinguished from a broken
				// connection.
				const isLate = entry.fault === 'late';
				if (fault && !isLate) entry.fault = fault;
				delay = delayMs;
				finish = () => {
					const outcome = outcomeOf();
					if (outcome === 'hang') return 'silence';
					if (outcome === 'drop') return errors.reset();
					if (fault === 'tls-broken' && !isLate) return errors.tls();
					if (outcome.isEndless) return 'dribble';
					const headers = lowerCase(outcome.headers);
					if (this.settings.hasNoDate) delete headers.date;
					return {
						body: parsed(outcome.text) as IN8nHttpFullResponse['body'],
						headers,
						statusCode: outcome.status,
					};
				};
				return entry;
			});
			this.clock.after(delay + back, () => {
				this.inFlight[host] -= 1;
				const result = finish();
				if (result === 'silence') return;
				if (result === 'dribble') endSilence();
				else if (result instanceof Error) end(() => fail(result));
				else end(() => answer(result));
			});
		});
	}

	private latency(): number {
		const { least, most } = this.settings.latency;
		return this.random.whole(least, most);
	}
}
