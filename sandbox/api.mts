import type { FastifyReply, FastifyRequest } from 'fastify';

import { exchange } from './exchange.mts';
import { createListener } from './listener.mts';
import type { Tls } from './listener.mts';
import type { Region } from './model.mts';
import type { Outcome } from './applyFault.mts';
import type { SandboxState } from './state.mts';

export interface ApiOptions {
	host: Region;
	latencyMs: number;
	tls?: Tls;
	/** Ends waiting when the sandbox closes. */
	signal: AbortSignal;
}

/** One of SendGrid's two API hosts: carries requests to `exchange`, and its answers back. */
export function createApi(state: SandboxState, { host, latencyMs, tls, signal }: ApiOptions) {
	const { app, listen } = createListener(
		{
			exposeHeadRoutes: false,
			// A path with invalid percent-encoding (a bare %) counts as unknown, and is logged like any other.
			frameworkErrors: (_error, request, reply) => void serve(request, reply),
		},
		tls,
	);
	// Bodies stay text here: authentication comes before any complaint about them.
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

	let inFlight = 0;

	const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
		inFlight += 1;
		let leaving = false;
		const leave = () => {
			if (!leaving) inFlight -= 1;
			leaving = true;
		};
		reply.raw.once('close', leave);

		const { body } = request;
		const { delayMs, answer } = exchange(state, {
			host,
			method: request.method,
			url: request.url,
			headers: request.headers as Record<string, string>,
			headerNames: headerNamesOf(request),
			body: typeof body === 'string' ? body : undefined,
			inFlight,
		});
		reply.hijack();
		const delay = latencyMs + delayMs;
		if (delay > 0 && !(await waited(delay, signal))) return;
		leave();
		deliver(answer(), reply);
	};

	app.setNotFoundHandler(serve);
	return { listen };
}

/** False if the sandbox was closed in the meantime. */
const waited = async (ms: number, signal: AbortSignal) =>
	await new Promise<boolean>((resolve) => {
		const end = () => {
			clearTimeout(timer);
			signal.removeEventListener('abort', end);
			resolve(!signal.aborted);
		};
		// The global one, which a test may have moved forward.
		const timer = setTimeout(end, ms);
		signal.addEventListener('abort', end);
	});

/** Node's list of raw headers has names and values in turn. The values, the key among them, stay out. */
const headerNamesOf = ({ raw }: FastifyRequest): string[] =>
	raw.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());

/** Between two bytes of a body that never ends. */
const DRIBBLE_MS = 200;

/** Bypasses fastify, whose own answers can't be cut short or left out. */
function deliver(outcome: Outcome, { raw }: FastifyReply): void {
	if (outcome === 'hang') return;
	if (outcome === 'drop') {
		raw.destroy();
		return;
	}
	const { status, headers, text, contentType, isEndless } = outcome;
	const length = Buffer.byteLength(text);
	if (isEndless) {
		raw.writeHead(status, { ...headers, 'Content-Type': contentType });
		raw.write(text);
		const drops = setInterval(() => raw.write(' '), DRIBBLE_MS);
		raw.once('close', () => clearInterval(drops));
		return;
	}
	raw.writeHead(status, {
		...headers,
		...(status === 204 && length === 0
			? {}
			: { 'Content-Type': contentType, 'Content-Length': length }),
	});
	raw.end(text);
}
