import type { INodeParameters } from 'n8n-workflow';

import type { Fault, ResetForm } from '../../sandbox/faults.mts';
import type { SandboxState } from '../../sandbox/state.mts';
import { linkOf } from '../support/link';
import {
	approveWith,
	by,
	createSsoWith,
	deleteTeammateWith,
	denyWith,
	inviteWith,
	offboardWith,
	resendWith,
	revokeWith,
	syncWith,
	updatePermissionsWith,
	updateSsoWith,
	upsertWith,
} from '../support/parameters';
import { withFakeSendGrid } from '../support/fakeSendGrid';
import { skipWaits } from '../support/skipWaits.mts';

skipWaits();

const PEOPLE = ['ada@example.com', 'bob@example.com', 'cyd@example.com'];

const DAY_IN_SECONDS = 86_400;

/** One write operation: who is there before, the items, and what has to be there afterwards. */
interface Write {
	parameters: INodeParameters;
	prepare: (world: SandboxState, email: string) => void;
	/** Default: the address. */
	item?: (world: SandboxState, email: string, index: number) => Record<string, unknown>;
	/** One person's state afterwards, compared for all of them. */
	state: (world: SandboxState, email: string) => unknown;
	/** Emails that each person gets. */
	mails: 0 | 1;
	/** Whether SendGrid's data doesn't show who did it: then a lost answer leaves that open. */
	isUntraceable?: true;
}

const nobody = () => {};

const teammate = (world: SandboxState, email: string) =>
	world.account().teammates.find(({ profile }) => profile.email === email);

const pending = (world: SandboxState, email: string) =>
	world.account().invitations.filter((invitation) => invitation.email === email);

const addTeammate = (world: SandboxState, email: string) => {
	world.addTeammate({ email, scopes: ['mail.send'] });
};

const addSsoTeammate = (world: SandboxState, email: string) => {
	world.addTeammate({
		email,
		is_sso: true,
		first_name: 'Ada',
		last_name: 'Lovelace',
		scopes: ['mail.send'],
	});
};

/** Sent six days ago. */
const addPending = (world: SandboxState, email: string) => {
	world.addPending({ email, scopes: ['stats.read'], expiresInSeconds: DAY_IN_SECONDS });
};

/** Days until the invitation expires: 7 right after it was sent. */
const daysLeft = (world: SandboxState, email: string) =>
	pending(world, email).map(({ expiration_date: expiry }) =>
		Math.round((expiry - world.now() / 1000) / DAY_IN_SECONDS),
	);

const addAccessRequest = (world: SandboxState, email: string) => {
	addTeammate(world, email);
	world.addAccessRequest({
		username: email,
		scope_group_name: 'Templates',
		scopes: ['templates.read'],
	});
};

const requestItem = (world: SandboxState, _: string, index: number) => ({
	id: world.account().accessRequests[index].id,
});

const tokenItem = (world: SandboxState, email: string) => ({
	token: pending(world, email)[0].token,
});

const byToken = { invitation: by('token', '={{ $json.token }}') };

const hasTemplates = (world: SandboxState, email: string) => [
	world.account().accessRequests.length,
	teammate(world, email)?.scopes.includes('templates.read'),
];

const WRITES: Record<string, Write> = {
	Invite: { parameters: inviteWith(), prepare: nobody, state: daysLeft, mails: 1 },
	'Resend Invite by email': {
		parameters: resendWith(),
		prepare: addPending,
		state: daysLeft,
		mails: 1,
	},
	'Resend Invite by token': {
		parameters: resendWith(byToken),
		prepare: addPending,
		item: tokenItem,
		state: daysLeft,
		mails: 1,
	},
	'Revoke by email': {
		parameters: revokeWith(),
		prepare: addPending,
		state: pending,
		mails: 0,
	},
	'Revoke by token': {
		parameters: revokeWith(byToken),
		prepare: addPending,
		item: tokenItem,
		state: pending,
		mails: 0,
	},
	Delete: { parameters: deleteTeammateWith(), prepare: addTeammate, state: teammate, mails: 0 },
	'Update Permissions': {
		parameters: updatePermissionsWith(),
		prepare: addTeammate,
		state: (world, email) => teammate(world, email)?.scopes,
		mails: 0,
	},
	'Create or Update, who is new': {
		parameters: upsertWith(),
		prepare: nobody,
		state: daysLeft,
		mails: 1,
	},
	'Create or Update, who is invited': {
		parameters: upsertWith(),
		prepare: addPending,
		state: daysLeft,
		mails: 1,
	},
	'Create or Update, who is invited with other access': {
		parameters: upsertWith({ scopes: ['mail.send'] }),
		prepare: addPending,
		state: (world, email) => pending(world, email).map(({ scopes }) => scopes),
		mails: 1,
	},
	'Create or Update, who is in': {
		parameters: upsertWith(),
		prepare: addTeammate,
		state: (world, email) => teammate(world, email)?.scopes,
		mails: 0,
	},
	'Offboard, who is invited': {
		parameters: offboardWith(),
		prepare: addPending,
		state: pending,
		mails: 0,
	},
	'Offboard, who is in': {
		parameters: offboardWith(),
		prepare: addTeammate,
		state: teammate,
		mails: 0,
	},
	'Sync With List, who is new': {
		parameters: syncWith(),
		prepare: nobody,
		state: daysLeft,
		mails: 1,
	},
	'Sync With List, who is invited with other access': {
		parameters: syncWith({ scopes: ['mail.send'] }),
		prepare: addPending,
		state: (world, email) => pending(world, email).map(({ scopes }) => scopes),
		mails: 1,
	},
	'Sync With List, who is in': {
		parameters: syncWith(),
		prepare: addTeammate,
		state: (world, email) => teammate(world, email)?.scopes,
		mails: 0,
	},
	'Sync With List, who is on no item and invited': {
		parameters: syncWith({ offboardOthers: true, scopes: ['mail.send'] }),
		prepare: (world, email) => {
			addPending(world, email);
			addTeammate(world, `other-${email}`);
		},
		item: (_, email) => ({ email: `other-${email}` }),
		state: pending,
		mails: 0,
	},
	'Sync With List, who is on no item and in': {
		parameters: syncWith({ offboardOthers: true, scopes: ['mail.send'] }),
		prepare: (world, email) => {
			addTeammate(world, email);
			addTeammate(world, `other-${email}`);
		},
		item: (_, email) => ({ email: `other-${email}` }),
		state: teammate,
		mails: 0,
	},
	Approve: {
		parameters: approveWith(),
		prepare: addAccessRequest,
		item: requestItem,
		state: hasTemplates,
		mails: 0,
		isUntraceable: true,
	},
	Deny: {
		parameters: denyWith(),
		prepare: addAccessRequest,
		item: requestItem,
		state: hasTemplates,
		mails: 0,
		isUntraceable: true,
	},
	'Create SSO teammate': {
		parameters: createSsoWith(),
		prepare: nobody,
		state: (world, email) => [
			teammate(world, email)?.scopes,
			world.account().teammates.filter(({ profile }) => profile.email === email).length,
		],
		mails: 0,
	},
	'Update SSO teammate': {
		parameters: updateSsoWith({ updateFields: { firstName: 'Grace' } }),
		prepare: addSsoTeammate,
		state: (world, email) => teammate(world, email)?.profile.first_name,
		mails: 0,
	},
	'Update SSO teammate, to admin': {
		parameters: updateSsoWith({ access: 'admin' }),
		prepare: addSsoTeammate,
		state: (world, email) => teammate(world, email)?.profile.is_admin,
		mails: 0,
	},
};

const RESETS: ResetForm[] = ['epoch', 'delta', 'past-epoch', 'retry-after', 'none'];

jest.setTimeout(180_000);

const FAULTS: Fault[] = [
	...RESETS.map((header): Fault => ({ kind: 'rate-limited', header, seconds: 1 })),
	...[500, 502, 503].flatMap((status): Fault[] => [
		{ kind: 'status', status, when: 'before' },
		{ kind: 'status', status, when: 'after' },
	]),
	{ kind: 'drop', when: 'before' },
	{ kind: 'drop', when: 'after' },
	{ kind: 'hang', when: 'after' },
	{ kind: 'html', status: 502, when: 'before' },
	{ kind: 'html', status: 502, when: 'after' },
	{ kind: 'truncated-json' },
	{ kind: 'empty-body' },
	{ kind: 'wrong-content-type' },
	{ kind: 'rename', from: 'token', to: 'pending_id' },
	{ kind: 'rename', from: 'result', to: 'results' },
];

/** Reports success, as a proxy may, and does nothing. */
const LIE: Fault = { kind: 'html', status: 200, when: 'before' };

/** Methods that a fault strikes, each once; other names for fields are used always. */
function strike(world: SandboxState, fault: Fault, methods: readonly string[]): void {
	const isNaming = fault.kind === 'rename';
	for (const method of isNaming ? ['GET', ...WRITING] : methods) {
		world.faults.add({ fault, method, times: isNaming ? Infinity : 1 });
	}
}

const WRITING = ['POST', 'PATCH', 'DELETE'];

/** Runs one operation for three people in a separate account, into a fault. */
async function outcomeOf(
	{ parameters, prepare, item, state }: Write,
	fault?: Fault,
	methods: readonly string[] = WRITING,
) {
	return await withFakeSendGrid(async (sendGrid) => {
		const { state: world } = sendGrid;
		for (const email of PEOPLE) prepare(world, email);
		const before = PEOPLE.map((email) => structuredClone(state(world, email)));
		const items = PEOPLE.map((email, index) => item?.(world, email, index) ?? { email });
		if (fault) strike(world, fault, methods);
		const { results, error } = await sendGrid.run({
			items: items as never,
			parameters: { ...parameters, requestOptions: { timeout: patienceWith(fault) } },
		});
		return {
			before,
			struck: world.requests.some((request) => request.fault !== undefined),
			outcome: {
				error: error && `${error.message}. ${error.description ?? ''}`,
				answered: results.map(linkOf).filter((link) => typeof link === 'number'),
				letters: PEOPLE.map((email) => sendGrid.mailed().filter((to) => to === email).length),
				state: PEOPLE.map((email) => state(world, email)),
			},
		};
	});
}

/** Milliseconds. Short only if no answer will come: a loaded machine must not look like that. */
const patienceWith = (fault?: Fault) => (fault?.kind === 'hang' ? 3000 : 60_000);

const named = (fault: Fault) => JSON.stringify(fault);

describe.each(Object.entries(WRITES))('%s', (_, write) => {
	let known: ReturnType<typeof outcomeOf> | undefined;
	const undisturbed = async () => await (known ??= outcomeOf(write));

	test.concurrent('does what it is for', async () => {
		const { before, outcome } = await undisturbed();
		expect(outcome).toMatchObject({
			error: undefined,
			answered: [0, 1, 2],
			letters: PEOPLE.map(() => write.mails),
		});
		expect(outcome.state).not.toEqual(before);
	});

	test.concurrent('does the same, and no more, when a write meets a fault', async () => {
		const { outcome: expected } = await undisturbed();
		const met = await Promise.all(
			FAULTS.map(async (fault) => [named(fault), await outcomeOf(write, fault)] as const),
		);
		const isLeftOpen = ({ error }: typeof expected) =>
			write.isUntraceable === true && /^It is unclear whether /.test(error ?? '');
		const seen = met.map(([fault, { outcome }]) => [
			fault,
			isLeftOpen(outcome)
				? { ...expected, state: outcome.state, letters: outcome.letters }
				: outcome,
		]);
		expect(Object.fromEntries(seen)).toEqual(
			Object.fromEntries(met.map(([fault]) => [fault, expected])),
		);
		// Most answers are not lost.
		expect(met.filter(([, { outcome }]) => isLeftOpen(outcome)).length).toBeLessThan(8);
		expect(met.filter(([, { struck }]) => !struck)).toEqual([]);
	});

	test.concurrent(
		'W2: says that it is unclear, and sends nothing again, when a write is answered yes and not done',
		async () => {
			const { outcome } = await outcomeOf(write, LIE);
			const { outcome: expected } = await undisturbed();
			expect(outcome.error).toMatch(/^It is unclear whether .* \(HTTP 200\)|it is unclear whether/);
			expect(outcome.answered).toEqual([]);
			for (const count of outcome.letters) expect(count).toBeLessThanOrEqual(write.mails);
			expect(outcome.state).not.toEqual(expected.state);
		},
	);

	test.concurrent('does the same when a read meets a fault', async () => {
		const { outcome: expected } = await undisturbed();
		const met = await Promise.all(
			[...FAULTS, LIE].map(
				async (fault) => [named(fault), await outcomeOf(write, fault, ['GET'])] as const,
			),
		);
		expect(Object.fromEntries(met.map(([fault, { outcome }]) => [fault, outcome]))).toEqual(
			Object.fromEntries(met.map(([fault]) => [fault, expected])),
		);
	});
});
