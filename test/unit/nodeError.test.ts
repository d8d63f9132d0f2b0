import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import { toNodeError, withEnding } from '../../nodes/SendGridTeammates/execution/nodeError';
import {
	changeOf,
	RequestError,
	SendGridError,
} from '../../nodes/SendGridTeammates/transport/errors';

const NODE: INode = {
	id: 'sendgrid',
	name: 'SendGrid Teammates',
	type: 'sendGridTeammates',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

test('our failures keep message, advice, status and cause', () => {
	const failure = new SendGridError('Not done', 'Do it', {
		status: 403,
		cause: 'credential-invalid',
	});
	const error = toNodeError(NODE, failure, 7);
	expect(error).toBeInstanceOf(NodeApiError);
	expect(error).toMatchObject({
		message: 'Not done',
		description: 'Do it',
		httpCode: '403',
		failure: { cause: 'credential-invalid' },
		context: { itemIndex: 7 },
	});
});

test('a failure that SendGrid has never seen is an error of the operation', () => {
	const error = toNodeError(NODE, new SendGridError('Not done', 'Do it'), 7);
	expect(error).toBeInstanceOf(NodeOperationError);
	expect(error).toMatchObject({
		message: 'Not done',
		description: 'Do it',
		context: { itemIndex: 7 },
	});
	expect(error).not.toHaveProperty('failure.cause');
});

test('a request that was sent and got no answer is an error of the API without a status', () => {
	const wording = changeOf("'steperman@example.com'", 'invited');
	const error = toNodeError(NODE, new RequestError(wording, 'no answer', 'Look', { sentAt: 1 }));
	expect(error).toBeInstanceOf(NodeApiError);
	expect(error).toMatchObject({
		// n8n would turn EPERM into an error of the operating system.
		message: "'steperman@example.com' was not invited: no answer",
		httpCode: 'none',
	});
});

test('a very long message is cut', () => {
	const error = toNodeError(NODE, new SendGridError('a'.repeat(5000), 'b'.repeat(5000)));
	expect([error.message.length, error.description?.length]).toEqual([2000, 2000]);
});

test.each([
	['what', 'why', 'what. why'],
	['what', '', 'what'],
	['a'.repeat(1990), 'b'.repeat(20), `${'a'.repeat(1977)}…. ${'b'.repeat(20)}`],
	['a'.repeat(2000), 'b'.repeat(2000), `${'a'.repeat(999)}…. ${'b'.repeat(997)}…`],
])('an ending does not make it longer (%#)', (text, ending, message) => {
	expect(withEnding(text, ending)).toBe(message);
	expect(message.length).toBeLessThanOrEqual(2000);
});

test("n8n's own messages are kept", () => {
	const thrown = new NodeOperationError(NODE, 'No credential', { description: 'Choose one' });
	expect(toNodeError(NODE, thrown)).toMatchObject({
		message: 'No credential',
		description: 'Choose one',
	});
});

test.each([
	[new TypeError('x is not a function'), 'x is not a function'],
	['boo', 'boo'],
])('anything else that is thrown reads like a sentence: %s', (thrown, reason) => {
	expect(toNodeError(NODE, thrown)).toMatchObject({
		message: `This item could not be handled: ${reason}`,
		description: 'Check the values and expressions of this item.',
	});
});
