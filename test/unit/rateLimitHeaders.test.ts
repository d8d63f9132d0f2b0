import { checkMaxWait } from '../../nodes/SendGridTeammates/parameters/options';
import { readRateLimitHeaders } from '../../nodes/SendGridTeammates/transport/rateLimitHeaders';

const NOW = Date.parse('2026-11-22T12:00:00Z');

test.each([
	['epoch seconds', { 'x-ratelimit-reset': String(NOW / 1000 + 30) }, 30_000],
	['seconds from now', { 'x-ratelimit-reset': '12.5' }, 12_500],
	['a moment that has passed', { 'x-ratelimit-reset': String(NOW / 1000 - 30) }, 0],
	['no header', {}, undefined],
	['a header without a number', { 'x-ratelimit-reset': 'soon' }, undefined],
	['an empty header', { 'x-ratelimit-reset': '' }, undefined],
	['a negative number', { 'x-ratelimit-reset': '-5' }, undefined],
])('the reset: %s', (_, headers, resetIn) => {
	expect(readRateLimitHeaders(headers, NOW)).toMatchObject({ resetIn, fromRetryAfter: false });
});

test.each([
	['before the reset', { 'retry-after': '3', 'x-ratelimit-reset': '12' }, 3_000],
	['as a date', { 'Retry-After': 'Sun, 22 Nov 2026 12:00:05 GMT' }, 5_000],
	['as a date that has passed', { 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, 0],
])('Retry-After %s is a demand', (_, headers, resetIn) => {
	expect(readRateLimitHeaders(headers, NOW)).toMatchObject({ resetIn, fromRetryAfter: true });
});

test('how many there are and how many are left, whatever the case', () => {
	const headers = { 'X-RateLimit-Limit': '600', 'x-ratelimit-REMAINING': 0 };
	expect(readRateLimitHeaders(headers, NOW)).toMatchObject({ limit: 600, remaining: 0 });
	expect(readRateLimitHeaders({}, NOW)).toMatchObject({ limit: undefined, remaining: undefined });
});

test.each([
	[undefined, 300_000],
	[0, 0],
	[' 2.5 ', 2500],
])('an item whose Max Wait is %j may wait for %d ms', (seconds, milliseconds) => {
	expect(checkMaxWait(seconds)).toBe(milliseconds);
});
