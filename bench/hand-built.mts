import type { Workflow, WorkflowNode } from '../playground/n8n/workflow.mts';
import {
	goOn,
	httpRequest,
	itemsNodes,
	MEASURED,
	node,
	ourNode,
	START,
	workflow,
} from './workflows.mts';

/**
 * The workflows that people build today for what this node does in one step. The careful one reads each list
 * once, in pages of 500, and matches in a Code node; the usual one looks every person up.
 */

const API = 'https://api.sendgrid.com/v3/teammates';
const PAGE = 500;
const WANTED_SCOPES = ['stats.read'];

const code = (name: string, jsCode: string): WorkflowNode =>
	node(name, 'n8n-nodes-base.code', 2, { jsCode });

/** Reads a whole list, once for all items. */
const readList = (name: string, url: string): WorkflowNode =>
	httpRequest(
		name,
		{
			url,
			sendQuery: true,
			queryParameters: { parameters: [{ name: 'limit', value: String(PAGE) }] },
			options: {
				pagination: {
					pagination: {
						paginationMode: 'updateAParameterInEachRequest',
						parameters: {
							parameters: [{ type: 'qs', name: 'offset', value: `={{ $pageCount * ${PAGE} }}` }],
						},
						paginationCompleteWhen: 'other',
						completeExpression: `={{ $response.body.result.length < ${PAGE} }}`,
					},
				},
			},
		},
		{ rest: { ...goOn, executeOnce: true } },
	);

const resendByToken = (): WorkflowNode =>
	httpRequest(MEASURED, { method: 'POST', url: `=${API}/pending/{{ $json.token }}/resend` });

export const resendByOurs = (people: string): Workflow =>
	workflow(
		'resend, this node',
		[
			...itemsNodes(people),
			ourNode({
				resource: 'invitation',
				operation: 'resend',
				invitation: { __rl: true, mode: 'email', value: '={{ $json.email }}' },
			}),
		],
		[START, 'List', 'Items', MEASURED],
	);

export const resendByHand = (people: string): Workflow =>
	workflow(
		'resend by hand, list read once',
		[
			...itemsNodes(people),
			readList('Pending', `${API}/pending`),
			code(
				'Match',
				`const wanted = new Set($('Items').all().map(({ json }) => json.email.toLowerCase()));
return $input.all()
	.flatMap(({ json }) => json.result)
	.filter(({ email }) => wanted.has(email.toLowerCase()))
	.map((json) => ({ json }));`,
			),
			resendByToken(),
		],
		[START, 'List', 'Items', 'Pending', 'Match', MEASURED],
	);

export const resendByLookUps = (people: string): Workflow =>
	workflow(
		'resend by hand, a look-up for each',
		[
			...itemsNodes(people),
			httpRequest('Look Up', { url: `${API}/pending?limit=${PAGE}` }),
			code(
				'Match',
				`const wanted = $('Items').all();
return $input.all().map(({ json }, i) => ({
	json: json.result.find(({ email }) => email.toLowerCase() === wanted[i].json.email.toLowerCase()),
}));`,
			),
			resendByToken(),
		],
		[START, 'List', 'Items', 'Look Up', 'Match', MEASURED],
	);

export const upsertByOurs = (people: string): Workflow =>
	workflow(
		'upsert, this node',
		[
			...itemsNodes(people),
			ourNode({
				resource: 'teammate',
				operation: 'upsert',
				email: '={{ $json.email }}',
				access: 'scopes',
				scopes: WANTED_SCOPES,
				ifPending: 'resendIfExpiring',
				expiresWithinDays: 2,
				ifAccessDiffers: 'update',
			}),
		],
		[START, 'List', 'Items', MEASURED],
	);

const withTodo = (name: string, todo: string): WorkflowNode =>
	code(name, `return $input.all().filter(({ json }) => json.todo === '${todo}');`);

/** Invites who is unknown, updates whose scopes differ, and leaves the others. */
export const upsertByHand = (people: string): Workflow =>
	workflow(
		'upsert by hand',
		[
			...itemsNodes(people),
			readList('Pending', `${API}/pending`),
			readList('Teammates', API),
			code(
				'Decide',
				`const listed = (name) => $(name).all().flatMap(({ json }) => json.result);
const pending = new Set(listed('Pending').map(({ email }) => email.toLowerCase()));
const usernames = new Map(
	listed('Teammates').map(({ email, username }) => [email.toLowerCase(), username]),
);
return $('Items').all().map(({ json: { email } }) => {
	const username = usernames.get(email.toLowerCase());
	const todo = username ? 'read' : pending.has(email.toLowerCase()) ? 'leave' : 'invite';
	return { json: { email, username, todo } };
});`,
			),
			withTodo('Unknown', 'invite'),
			httpRequest('Invite', {
				method: 'POST',
				url: API,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: `={{ ({ email: $json.email, scopes: ${JSON.stringify(WANTED_SCOPES)}, is_admin: false }) }}`,
			}),
			withTodo('Known', 'read'),
			httpRequest('Read', { url: `=${API}/{{ $json.username }}` }),
			code(
				'Differ',
				`const wanted = ${JSON.stringify(WANTED_SCOPES)};
return $input.all().filter(({ json }) => !wanted.every((scope) => json.scopes.includes(scope)));`,
			),
			httpRequest('Update', {
				method: 'PATCH',
				url: `=${API}/{{ $json.username }}`,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: `={{ ({ scopes: ${JSON.stringify(WANTED_SCOPES)}, is_admin: false }) }}`,
			}),
		],
		[START, 'List', 'Items', 'Pending', 'Teammates', 'Decide', 'Unknown', 'Invite'],
		['Decide', 'Known', 'Read', 'Differ', 'Update'],
	);
