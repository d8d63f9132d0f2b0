import { STATUS_CODES } from 'node:http';

import type { Fault } from './faults.mts';
import { errorResponses } from './errorResponses.mts';

/** A complete answer, its body still a value. `body` undefined: none. */
export interface Answer {
	status: number;
	headers: Record<string, string>;
	body?: unknown;
}

/** An answer as it goes over the wire. */
export interface WireAnswer {
	status: number;
	headers: Record<string, string>;
	text: string;
	contentType: string;
	/** The body never ends: no Content-Length, and a byte now and then after `text`. */
	isEndless?: true;
}

/** 'drop': end the connection; 'hang': leave it open and silent. */
export type Outcome = WireAnswer | 'drop' | 'hang';

const JSON_TYPE = 'application/json';

/** Whether the request must not be executed. */
export function strikesBefore(fault: Fault): boolean {
	return (
		fault.kind === 'rate-limited' ||
		fault.kind === 'late' ||
		('when' in fault && fault.when === 'before')
	);
}

/** How long the fault holds the answer back, in milliseconds. */
export const delayOf = (fault: Fault | undefined): number =>
	fault?.kind === 'slow' ? fault.ms : 0;

export function toWire({ status, headers, body }: Answer): WireAnswer {
	const text = body === undefined ? '' : JSON.stringify(body);
	return { status, headers, text, contentType: JSON_TYPE };
}

/** What a fault does to an answer; a fault that strikes before execution gets an empty one. */
export function applyFault(fault: Fault, answer: Answer, now: number): Outcome {
	const wire = toWire(answer);
	switch (fault.kind) {
		case 'rate-limited': {
			const { status, body } = errorResponses.tooManyRequests();
			const date: Record<string, string> = fault.date === undefined ? {} : { Date: fault.date };
			return toWire({ status, body, headers: { ...resetHeaders(fault, now), ...date } });
		}
		case 'status':
			return {
				...wire,
				status: fault.status,
				text: textOf(fault),
				contentType: fault.contentType ?? JSON_TYPE,
			};
		case 'html':
			return {
				...wire,
				status: fault.status,
				text: page(`${fault.status} ${STATUS_CODES[fault.status] ?? ''}`.trim()),
				contentType: 'text/html',
			};
		case 'drop':
		case 'hang':
			return fault.kind;
		case 'late':
			return {
				...wire,
				status: 504,
				text: textOf({ kind: 'status', status: 504, when: 'before' }),
			};
		case 'dribble': {
			const status = wire.status === 0 || wire.status === 204 ? 200 : wire.status;
			const beginning = wire.text.slice(0, Math.floor(wire.text.length / 2));
			return { ...wire, status, text: beginning || '{', isEndless: true };
		}
		case 'slow':
		case 'not-applied':
			return wire;
		case 'truncated-json':
			return { ...wire, text: wire.text.slice(0, Math.floor(wire.text.length / 2)) };
		case 'empty-body':
			return { ...wire, text: '' };
		case 'wrong-content-type':
			return { ...wire, contentType: 'text/html; charset=utf-8' };
		case 'rename':
			return toWire({ ...answer, body: renamed(answer.body, fault.from, fault.to) });
	}
}

function resetHeaders(
	{ header, seconds }: Extract<Fault, { kind: 'rate-limited' }>,
	now: number,
): Record<string, string> {
	const nowSeconds = now / 1000;
	const reset = {
		epoch: Math.ceil(nowSeconds + seconds),
		'epoch-milliseconds': Math.ceil(now + seconds * 1000),
		delta: Math.ceil(seconds),
		'past-epoch': Math.floor(nowSeconds - seconds),
	};
	if (header === 'none') return {};
	if (header === 'retry-after') return { 'Retry-After': String(Math.ceil(seconds)) };
	return {
		'X-RateLimit-Limit': '600',
		'X-RateLimit-Remaining': '0',
		'X-RateLimit-Reset': String(reset[header]),
	};
}

function textOf({ body, status }: Extract<Fault, { kind: 'status' }>): string {
	if (typeof body === 'string') return body;
	const message = (STATUS_CODES[status] ?? 'error').toLowerCase();
	return JSON.stringify(body ?? { errors: [{ field: null, message }] });
}

const page = (title: string) =>
	`<html>\r\n<head><title>${title}</title></head>\r\n<body><h1>${title}</h1></body>\r\n</html>\r\n`;

function renamed(value: unknown, from: string, to: string): unknown {
	if (Array.isArray(value)) return value.map((item: unknown) => renamed(item, from, to));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, item]) => [key === from ? to : key, renamed(item, from, to)]),
	);
}
