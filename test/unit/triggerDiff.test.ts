import { LIVE_SCOPES } from '../../sandbox/scopes.mts';
import { diff } from '../../nodes/SendGridTeammates/trigger/diff';
import {
	baseLine,
	comparedScopes,
	scopedRecord,
	type EvaluatedAt,
	type Reading,
} from '../../nodes/SendGridTeammates/trigger/snapshot';
import type { ScopeBitset } from '../../nodes/SendGridTeammates/trigger/scopeBitset';
import { isNews, readState, store } from '../../nodes/SendGridTeammates/trigger/state';

const NOW = Date.UTC(2026, 10, 26);

const moment: EvaluatedAt = { now: NOW, expiresWithinDays: 2 };

/** Somebody whose scopes are others than they were. */
const CHANGED = 'person500@example.com';

/**
 * As large as an account can be, with nearly as many scopes as there are, all different.
 *
 * @param code what the scopes are written in, as the records come in
 */
function readingOf(count: number, code: ScopeBitset, scopesOfOne?: string[]): Reading {
	const teammates = Array.from({ length: count }, (_, index) => {
		const email = `person${index}@example.com`;
		return { username: email, email, user_type: index === 0 ? 'owner' : 'teammate' };
	});
	const records = teammates.map((teammate, index) => {
		const scopes = LIVE_SCOPES.filter((_scope, position) => (index + position) % 7 > 1);
		const isChanged = teammate.email === CHANGED && scopesOfOne;
		return { ...teammate, scopes: isChanged ? scopesOfOne : scopes };
	});
	return {
		teammates,
		invitations: Array.from({ length: 200 }, (_, index) => ({
			email: `invited${index}@example.com`,
			expiration_date: NOW / 1000 + 86_400 * 5,
		})),
		requests: [],
		scopes: {
			records: new Map(records.map((record) => [record.username, scopedRecord(record, code)])),
			code,
			unread: 0,
		},
	};
}

const stored = JSON.stringify(
	store(baseLine(readingOf(1000, comparedScopes()), moment), { account: 'account' }),
);

/** A poll without its requests, and how long it blocks the event loop after the last one, in milliseconds. */
function poll(scopesOfOne?: string[]) {
	const known: unknown = JSON.parse(stored);
	const before = readState(known, 'account');
	if (!before) throw new Error('the state cannot be read');
	const reading = readingOf(1000, before.scopeCode, scopesOfOne);
	const startedAt = performance.now();
	const { events, after } = diff(before, reading, moment);
	const hasNews = isNews(store(after, { account: 'account' }), known);
	return { events, hasNews, took: performance.now() - startedAt };
}

test('1,000 teammates with all their scopes hold the event loop for less than 50 ms', () => {
	const polls = Array.from({ length: 5 }, () => poll());
	for (const { events, hasNews } of polls)
		expect({ events, hasNews }).toEqual({ events: [], hasNews: false });
	// The slower ones may have been interrupted by a garbage collection or another process.
	expect(Math.min(...polls.map(({ took }) => took))).toBeLessThan(50);
});

test('the one of 1,000 people who has changed is found', () => {
	const { events, hasNews } = poll(['stats.read']);
	expect(events).toMatchObject([
		{ event: 'scopesChanged', email: CHANGED, details: { added_scopes: ['stats.read'] } },
	]);
	expect(hasNews).toBe(true);
});

test('somebody who joins is matched to the invitation, however the address writes an accent', () => {
	const email = 'zoe\u0301@example.com';
	const invited = { teammates: [], invitations: [{ email: email.normalize('NFC') }] };
	const joined = { teammates: [{ email, username: email }], invitations: [] };
	const { events } = diff(baseLine(invited, moment), joined, moment);
	expect(events.map(({ event }) => event)).toContain('invitationAccepted');
});
