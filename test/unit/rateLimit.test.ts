import { requestedWait } from '../../nodes/SendGridTeammates/sendgrid/rateLimit';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const SERVER_AN_HOUR_AHEAD = { Date: 'Sun, 22 Nov 2026 13:00:00 GMT' };

test.each([
	['epoch seconds', { 'x-ratelimit-reset': String(NOW / 1000 + 30) }, 30_000],
	[
		'epoch seconds by the clock of the server',
		{ ...SERVER_AN_HOUR_AHEAD, 'X-RateLimit-Reset': NOW / 1000 + 3600 + 30 },
		30_000,
	],
	['seconds from now', { 'x-ratelimit-reset': '12.5' }, 12_500],
	['a moment that has passed', { 'x-ratelimit-reset': String(NOW / 1000 - 30) }, 0],
	['Retry-After before the reset', { 'retry-after': '3', 'x-ratelimit-reset': '12' }, 3_000],
	['Retry-After as a date', { 'retry-after': 'Sun, 22 Nov 2026 12:00:05 GMT' }, 5_000],
	['no header', {}, undefined],
	['a header without a number', { 'x-ratelimit-reset': 'soon' }, undefined],
	['an empty header', { 'x-ratelimit-reset': '' }, undefined],
	['a negative number', { 'x-ratelimit-reset': '-5' }, undefined],
])('%s', (_, headers, wait) => {
	expect(requestedWait(headers, NOW)).toBe(wait);
});
