import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { FaultRule } from '../../sandbox/faults.mts';
import type { NewInvitation, NewTeammate } from '../../sandbox/state.mts';
import type { FakeSendGrid } from './fakeSendGrid';
import { until } from './machine';

export const ADA = 'ada@example.com';

/** Shorthands for tests that are about one person. */
export const aboutAda = (sendGrid: FakeSendGrid) => ({
	joined: (details: Partial<NewTeammate> = {}) =>
		sendGrid.state.addTeammate({ email: ADA, username: 'countess', ...details }),

	invited: (details: Partial<NewInvitation> = {}) =>
		sendGrid.state.addPending({ email: ADA, ...details }),

	teammate: (username = 'countess') =>
		sendGrid.state.account().teammates.find(({ profile }) => profile.username === username),

	fault: (rule: FaultRule) => sendGrid.state.faults.add(rule),

	answerOnce: (method: string, path: RegExp, status: number, body: unknown) =>
		sendGrid.state.faults.add({
			method,
			path,
			fault: { kind: 'status', status, when: 'before', body },
		}),

	/** The same for every request from now on. */
	answerAlways: (method: string, path: RegExp, status: number, body?: unknown) =>
		sendGrid.state.faults.add({
			method,
			path,
			times: Infinity,
			fault: { kind: 'status', status, when: 'before', body },
		}),

	/** As a teammate, she asks for a scope. */
	asked: () =>
		sendGrid.state.addAccessRequest({
			username: 'countess',
			scope_group_name: 'Mail',
			scopes: ['mail.send'],
		}),

	run: async (
		parameters: INodeParameters,
		items: IDataObject[] = [{ email: ADA }],
		more: Partial<Parameters<FakeSendGrid['run']>[0]> = {},
	) => await sendGrid.run({ items, parameters, ...more }),

	/** Waits until SendGrid has received a request like this. */
	until: async (pattern: RegExp) =>
		await until(() => sendGrid.calls().some((call) => pattern.test(call))),
});
