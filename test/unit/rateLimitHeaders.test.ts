import { readOptions } from '../../nodes/SendGridTeammates/parameters/options';
import { readRateLimitHeaders } from '../../nodes/SendGridTeammates/transport/rateLimitWindow';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const YEAR = 31_536_000;

test.each([
	['epoch seconds', String(NOW / 1000 + 30), 30_000],
	['epoch milliseconds', String(NOW + 30_000), 30_000],
	['seconds from now', '12.5', 12_500],
	['no number', 'soon', undefined],
	['empty', '', undefined],
	['negative', '-5', undefined],
	['NaN', 'NaN', undefined],
	['a moment that has passed', String(NOW / 1000 - 30), undefined],
	['15 minutes from now', String(NOW / 1000 + 900), 900_000],
	['more than 15 minutes from now', String(NOW / 1000 + 901), undefined],
	['a year from now', String(NOW / 1000 + YEAR), undefined],
	['a year in seconds', String(YEAR), undefined],
])('X-RateLimit-Reset that is %s is read as milliseconds from now', (_, value, resetIn) => {
	expect(readRateLimitHeaders({ 'x-ratelimit-reset': value }, NOW).resetIn).toBe(resetIn);
});

test.each([
	['in seconds', '3', 3000],
	['as a date', 'Sun, 22 Nov 2026 12:00:05 GMT', 5000],
	['of a year', String(YEAR), undefined],
	['as a date in a year', 'Mon, 22 Nov 2027 12:00:05 GMT', undefined],
	['as a date that has passed', 'Sun, 22 Nov 2026 11:00:00 GMT', undefined],
	['that is negative', '-5', undefined],
	['that is NaN', 'NaN', undefined],
	['that is infinite', 'Infinity', undefined],
	['with an exponent', '1e3', undefined],
	['that is zero', '0', undefined],
])('Retry-After %s comes before the reset only if it is credible', (_, value, resetIn) => {
	const headers = { 'Retry-After': value };
	expect(readRateLimitHeaders(headers, NOW).resetIn).toBe(resetIn);
	expect(readRateLimitHeaders({ ...headers, 'x-ratelimit-reset': '12' }, NOW).resetIn).toBe(
		resetIn ?? 12_000,
	);
});

test('the limit and what is left are read, whatever the case of the names', () => {
	const headers = { 'X-RateLimit-Limit': '600', 'x-ratelimit-REMAINING': 0 };
	expect(readRateLimitHeaders(headers, NOW)).toMatchObject({ limit: 600, remaining: 0 });
	expect(readRateLimitHeaders({}, NOW)).toEqual({});
});

test.each([
	[{}, 300_000],
	[{ maxWait: 0 }, 0],
	[{ maxWait: ' 2.5 ' }, 2500],
])('an item with the options %j may wait for %d ms', (options, milliseconds) => {
	expect(readOptions({ getNodeParameter: () => options }).maxWait).toBe(milliseconds);
});
