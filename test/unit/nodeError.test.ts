import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import { toNodeError } from '../../nodes/SendGridTeammates/execution/nodeError';
import { SendGridError } from '../../nodes/SendGridTeammates/transport/errors';

const NODE: INode = {
	id: 'sendgrid',
	name: 'SendGrid Teammates',
	type: 'sendGridTeammates',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

test('a failure of ours keeps message, advice, status and cause', () => {
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

test('without an answer there is no status', () => {
	const error = toNodeError(NODE, new SendGridError('Not done', 'Do it'));
	expect(error.httpCode).toBe('none');
	expect(error).not.toHaveProperty('failure.cause');
});

test("n8n's own words are kept", () => {
	const thrown = new NodeOperationError(NODE, 'No credential', { description: 'Choose one' });
	expect(toNodeError(NODE, thrown)).toMatchObject({
		message: 'No credential',
		description: 'Choose one',
	});
});

test.each([
	[new TypeError('x is not a function'), 'x is not a function'],
	['boo', 'boo'],
])('whatever else is thrown reads like a sentence: %s', (thrown, reason) => {
	expect(toNodeError(NODE, thrown)).toMatchObject({
		message: `This item could not be handled: ${reason}`,
		description: 'Check the values and expressions of this item.',
	});
});
