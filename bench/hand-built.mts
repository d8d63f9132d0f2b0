/**
 * The workflows that people build today for what this node does in one step. The careful one reads each list
 * once, in pages of 500, and matches in a Code node; the usual one looks every person up.
 */
import type { Workflow, WorkflowNode } from '../playground/n8n/workflow.mts';
import { httpRequest, MEASURED, node, ourNode, workflow } from './workflows.mts';

const API = 'https://api.sendgrid.com/v3/teammates';
const PAGE = 500;
const SCOPES = JSON.stringify(['stats.read']);

const code = (name: string, jsCode: string): WorkflowNode =>
	node(name, 'n8n-nodes-base.code', 2, { jsCode });

const PAGINATION = {
	paginationMode: 'updateAParameterInEachRequest',
	parameters: {
		parameters: [{ type: 'qs', name: 'offset', value: `={{ $pageCount * ${PAGE} }}` }],
	},
	paginationCompleteWhen: 'other',
	completeExpression: `={{ $response.body.result.length < ${PAGE} }}`,
};

/** Reads a whole list, once for all items. */
const readList = (name: string, url: string): WorkflowNode => ({
	...httpRequest(name, {
		url,
		sendQuery: true,
		queryParameters: { parameters: [{ name: 'limit', value: String(PAGE) }] },
		options: { pagination: { pagination: PAGINATION } },
	}),
	executeOnce: true,
});

const write = (name: string, method: string, url: string, body = ''): WorkflowNode =>
	httpRequest(name, {
		method,
		url,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={{ ({ ${body}scopes: ${SCOPES}, is_admin: false }) }}`,
	});

const resendByToken = (): WorkflowNode =>
	httpRequest(MEASURED, { method: 'POST', url: `=${API}/pending/{{ $json.token }}/resend` });

export const resendByOurs = (people: string): Workflow => {
	const invitation = { __rl: true, mode: 'email', value: '={{ $json.email }}' };
	const nodes = [ourNode({ resource: 'invitation', operation: 'resend', invitation })];
	return workflow('Resend, this node', people, nodes, ['Items', MEASURED]);
};

export const resendByHand = (people: string): Workflow => {
	const match = `const wanted = new Set($('Items').all().map(({ json }) => json.email.toLowerCase()));
return $input.all()
	.flatMap(({ json }) => json.result)
	.filter(({ email }) => wanted.has(email.toLowerCase()))
	.map((json) => ({ json }));`;
	const nodes = [readList('Pending', `${API}/pending`), code('Match', match), resendByToken()];
	const chain = ['Items', 'Pending', 'Match', MEASURED];
	return workflow('Resend, lists read once', people, nodes, chain);
};

export const resendByLookUps = (people: string): Workflow => {
	const lookUp = httpRequest('Look Up', { url: `${API}/pending?limit=${PAGE}` });
	const match = `const wanted = $('Items').all();
return $input.all().map(({ json }, i) => ({
	json: json.result.find(({ email }) => email.toLowerCase() === wanted[i].json.email.toLowerCase()),
}));`;
	const nodes = [lookUp, code('Match', match), resendByToken()];
	const chain = ['Items', 'Look Up', 'Match', MEASURED];
	return workflow('Resend, a look-up for each', people, nodes, chain);
};

export const upsertByOurs = (people: string): Workflow => {
	const upsert = ourNode({
		resource: 'teammate',
		operation: 'upsert',
		email: '={{ $json.email }}',
		access: 'scopes',
		scopes: JSON.parse(SCOPES) as string[],
		ifPending: 'resendIfExpiring',
		expiresWithinDays: 2,
		ifAccessDiffers: 'update',
	});
	return workflow('Create or update, this node', people, [upsert], ['Items', MEASURED]);
};

const withTodo = (name: string, todo: string): WorkflowNode =>
	code(name, `return $input.all().filter(({ json }) => json.todo === '${todo}');`);

/** Invites unknown people, updates those with other scopes, and leaves the rest alone. */
export const upsertByHand = (people: string): Workflow => {
	const decide = `const listed = (name) => $(name).all().flatMap(({ json }) => json.result);
const pending = new Set(listed('Pending').map(({ email }) => email.toLowerCase()));
const usernames = new Map(
	listed('Teammates').map(({ email, username }) => [email.toLowerCase(), username]),
);
return $('Items').all().map(({ json: { email } }) => {
	const username = usernames.get(email.toLowerCase());
	const todo = username ? 'read' : pending.has(email.toLowerCase()) ? 'leave' : 'invite';
	return { json: { email, username, todo } };
});`;
	const differ = `const wanted = ${SCOPES};
return $input.all().filter(({ json }) => !wanted.every((scope) => json.scopes.includes(scope)));`;
	const nodes = [
		readList('Pending', `${API}/pending`),
		readList('Teammates', API),
		code('Decide', decide),
		withTodo('Unknown', 'invite'),
		write('Invite', 'POST', API, 'email: $json.email, '),
		withTodo('Known', 'read'),
		httpRequest('Read', { url: `=${API}/{{ $json.username }}` }),
		code('Differ', differ),
		write('Update', 'PATCH', `=${API}/{{ $json.username }}`),
	];
	const first = ['Items', 'Pending', 'Teammates', 'Decide', 'Unknown', 'Invite'];
	const second = ['Decide', 'Known', 'Read', 'Differ', 'Update'];
	return workflow('Create or update, lists read once', people, nodes, first, second);
};
