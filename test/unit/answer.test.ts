import { readComplaints } from '../../nodes/SendGridTeammates/sendgrid/answer';
import { SendGridFailure } from '../../nodes/SendGridTeammates/sendgrid/failure';
import { failureOfNetwork } from '../../nodes/SendGridTeammates/sendgrid/network';

describe("SendGrid's own words", () => {
	test.each([
		[{ errors: [{ message: 'no', field: 'email' }] }, [{ message: 'no', field: 'email' }]],
		[{ errors: [{ message: 'no', field: null }] }, [{ message: 'no' }]],
		[{ errors: [{ message: 'a' }, { message: 'b' }] }, [{ message: 'a' }, { message: 'b' }]],
		[[{ message: 'no', field: 'id', error_id: 'x' }], [{ message: 'no', field: 'id' }]],
		[{ error: 'no' }, [{ message: 'no' }]],
		[{ error: { message: 'no' } }, [{ message: 'no' }]],
		[{ errors: 'no' }, []],
		[{ errors: [null, 7, {}, { message: 7 }] }, []],
		['<html>', []],
		[undefined, []],
		[null, []],
	])('%j', (body, complaints) => {
		expect(readComplaints(body)).toEqual(complaints);
	});

	const long = `a\r\n\tb\u009b${'c'.repeat(500)}`;
	test.each([{ error: long }, { errors: [{ message: long }] }, { errors: [long] }])(
		'fit into one line of reasonable length (%#)',
		(body) => {
			const [{ message }] = readComplaints(body);
			expect(message).toMatch(/^a b c+…$/);
			expect(message.length).toBeLessThan(210);
		},
	);
});

describe('a request without an answer', () => {
	const told = (thrown: unknown, method = 'POST') =>
		failureOfNetwork(thrown, method, { unfulfilled: 'It was not sent', scope: 'any' });

	test.each([
		['ECONNREFUSED', 'the connection was refused', /Nothing was done/],
		['ENOTFOUND', "SendGrid's address could not be reached", /Nothing was done/],
		['DEPTH_ZERO_SELF_SIGNED_CERT', 'the encrypted connection was not trusted', /Nothing was done/],
		['ECONNABORTED', 'no answer came in time', /may have carried it out/],
		['ECONNRESET', 'the connection broke off', /may have carried it out/],
		['EWHATEVER', 'no answer came back', /may have carried it out/],
	])('%s', (code, what, fix) => {
		const failure = told({ message: 'wrapped', cause: { cause: { code } } });
		expect(failure.message).toBe(`It was not sent: ${what} [${code}]`);
		expect(failure.fix).toMatch(fix);
	});

	test('a read can simply be done again', () => {
		expect(told({ code: 'ECONNRESET' }, 'GET').fix).toBe('Run this item again later.');
	});

	test('a refusal by n8n itself is told', () => {
		const failure = told(new Error('Domain not allowed: This credential is restricted'));
		expect(failure.message).toContain('Domain not allowed: This credential is restricted');
		expect(failure.fix).toContain("'Allowed HTTP Request Domains'");
	});

	test.each([undefined, null, 'text', 5, new Error('boo')])('%j breaks nothing', (thrown) => {
		expect(told(thrown)).toBeInstanceOf(SendGridFailure);
	});
});

describe('secrets', () => {
	test('are blotted out of message and advice', () => {
		const failure = new SendGridFailure('a key-1 b key-1', 'use key-1 or token-2', { status: 400 });
		const { message, fix, status } = failure.without(['key-1', undefined, 'token-2']);
		expect({ message, fix, status }).toEqual({
			message: 'a … b …',
			fix: 'use … or …',
			status: 400,
		});
	});
});
