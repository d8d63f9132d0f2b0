/** The examples, in one n8n: those for a form, a webhook or a timer are here, the others in the folder beside. */
import { FORM_LOGIN, WEBHOOK_HEADER } from '../../playground/n8n/examples.mts';
import { outputItems, type Run } from '../../playground/n8n/run.mts';
import type { SavedWorkflow } from '../../playground/n8n/rest.mts';
import { until } from '../support/machine';
// The first one, since it restarts n8n and ends whatever waits there.
import './examples/untilJoined';
import './examples/entraGroups';
import './examples/hrAndChat';
import './examples/roster';
import { examples, on } from './examples/sharedByAll';
import { openLink } from './savedExamples';

const DAY = 24 * 60 * 60;

/** @returns the workflow's id */
async function activate(name: string): Promise<string> {
	const workflow = await examples.save(name);
	await on.rest.activate(workflow);
	return workflow.id;
}

/** The emails that SendGrid would have sent since the test began. */
const sentEmails = () =>
	on.sandbox.state.sentEmails.map(({ kind, email, region }) => `${kind} ${email} ${region}`).sort();

/** What was changed in SendGrid since the test began. */
const writes = () =>
	on.sandbox.state.requests.flatMap(({ method, path }) =>
		method === 'GET' ? [] : [`${method} ${path}`],
	);

/** The next email from n8n. */
async function nextMail() {
	await until(() => examples.mails.length > 0);
	return examples.mails.shift();
}

/** A file that a form offers for download. */
interface GivenFile {
	data: string | { data: number[] };
}

const secret = { [WEBHOOK_HEADER.name]: WEBHOOK_HEADER.value };

/** Sends a body as the HR system would. @returns who, outcome and reason of each row */
async function outcomesOf(path: string, body: unknown): Promise<Array<[string, string, string]>> {
	const response = await on.rest.callWebhook(path, body, secret);
	expect(response.status).toBe(200);
	const rows = (await response.json()) as Array<Record<string, string>>;
	return rows.map(({ email, outcome, reason }) => [email, outcome, reason]);
}

test('new hires are invited once each, bad rows get their reason, and the second time nothing is sent', async () => {
	await activate('new-hires');
	const body = {
		employees: [
			{
				employeeId: 'E-1',
				firstName: 'Grace',
				lastName: 'Hopper',
				workEmail: ' Grace.Hopper@acme.example ',
				subuser: '',
			},
			{ employeeId: 'E-2', workEmail: 'nobody', subuser: '' },
			{ employeeId: 'E-3', firstName: 'Ada', subuser: '' },
			{ employeeId: 'E-1', workEmail: 'GRACE.HOPPER@acme.example', subuser: '' },
			{ employeeId: 'E-4', workEmail: 'hedy@acme.example', region: 'eu', subuser: 'acme-eu' },
			{ employeeId: 'E-5', workEmail: 'mary@acme.example', region: 'moon', subuser: '' },
			{ employeeId: 'E-6', workEmail: 'dev@acme.example', subuser: '' },
			{ employeeId: 'E-7', workEmail: 'joan@acme.example' },
		],
	};
	const before = [
		['dev@acme.example', 'unchanged', 'Is a teammate already'],
		['nobody', 'failed', expect.stringContaining("'Email' must be an email address, not 'nobody'")],
		['', 'failed', expect.stringContaining("'Email' is empty")],
		[
			'mary@acme.example',
			'failed',
			expect.stringContaining("'Region' must be Same as Credential, Global or EU, not 'moon'"),
		],
		// It might have meant any account.
		[
			'joan@acme.example',
			'failed',
			expect.stringContaining("'On Behalf Of' in 'Options' is set, but has no value"),
		],
	];
	expect(await on.rest.callWebhook('new-hires', body)).toHaveProperty('status', 403);
	expect(await outcomesOf('new-hires', body)).toEqual([
		['grace.hopper@acme.example', 'invited', ''],
		['grace.hopper@acme.example', 'unchanged', 'Was invited before'],
		['hedy@acme.example', 'invited', ''],
		...before,
	]);
	const sent = ['invitation grace.hopper@acme.example global', 'invitation hedy@acme.example eu'];
	expect(sentEmails()).toEqual(sent);

	expect(await outcomesOf('new-hires', body)).toEqual([
		['grace.hopper@acme.example', 'unchanged', 'Was invited before'],
		['grace.hopper@acme.example', 'unchanged', 'Was invited before'],
		['hedy@acme.example', 'unchanged', 'Was invited before'],
		...before,
	]);
	expect(sentEmails()).toEqual(sent);
	expect(writes()).toHaveLength(2);

	// One person without a list around them.
	expect(await outcomesOf('new-hires', { workEmail: 'kay@acme.example', subuser: '' })).toEqual([
		['kay@acme.example', 'invited', ''],
	]);
	// Nothing but a bad row, and nothing at all.
	expect(await outcomesOf('new-hires', { subuser: '' })).toEqual([
		['', 'failed', expect.stringContaining("'Email' is empty")],
	]);
	expect(await on.rest.callWebhook('new-hires', { employees: [] }, secret)).toHaveProperty(
		'status',
		200,
	);
});

describe('the CSV example', () => {
	const FORM = 'people-csv';

	let workflow: string;
	beforeAll(async () => {
		workflow = await activate('csv');
	});

	/** The file that the last page of a form hands over, without a browser to save it. */
	function fileIn(page: string): string {
		const [, encoded = ''] = /JSON\.parse\(decodeURIComponent\("([^"]+)"\)\)/.exec(page) ?? [];
		const given = JSON.parse(decodeURIComponent(encoded)) as GivenFile | GivenFile[];
		const [{ data }] = [given].flat();
		// As the page does: a character for each byte.
		const bytes =
			typeof data === 'string' ? Array.from(data, (byte) => byte.charCodeAt(0)) : data.data;
		return new TextDecoder().decode(new Uint8Array(bytes));
	}

	/** Uploads a file, waits for the last page, and takes the file there. @returns its lines and the page */
	async function upload(...lines: string[]): Promise<{ lines: string[]; page: string }> {
		const form = new FormData();
		form.append('field-0', new Blob([lines.join('\r\n')], { type: 'text/csv' }), 'people.csv');
		const { user, password } = FORM_LOGIN;
		const headers = { authorization: `Basic ${btoa(`${user}:${password}`)}` };
		const answer = await fetch(`${on.n8n.url}/form/${FORM}`, {
			method: 'POST',
			headers,
			body: form,
		});
		expect(answer.status).toBe(200);
		const { formWaitingUrl } = (await answer.json()) as { formWaitingUrl: string };
		await on.rest.waitingExecutions(workflow);
		const page = await (await fetch(formWaitingUrl, { headers })).text();
		// The page itself reports that it was shown, which ends the execution.
		const [{ id }] = await on.rest.executions(workflow);
		await fetch(formWaitingUrl, { method: 'POST', headers });
		expect((await on.rest.finishedExecution(id)).error).toBeUndefined();
		return { lines: fileIn(page).trim().split(/\r?\n/), page };
	}

	test('returns each row with its outcome, and sends nothing the second time', async () => {
		const rows = [
			'\uFEFFemail,persona,cost centre',
			'Grace@acme.example,developer,7',
			'kay@acme.example,Observer,"a, b"',
			'nobody,observer,',
			',observer,',
			'mary@acme.example,,9',
			'ada@acme.example,pilot,9',
			'GRACE@acme.example,developer,7',
			'adam@acme.example,marketer,',
		];
		const failed = [
			expect.stringMatching(/^nobody,observer,,failed,.*email address/),
			expect.stringMatching(/^,observer,,failed,.*'Email'/),
			expect.stringMatching(/^mary@acme.example,,9,failed,.*'Persona'/),
			expect.stringMatching(/^ada@acme.example,pilot,9,failed,.*'Persona'/),
		];
		const header = 'email,persona,cost centre,outcome,reason';
		// Nobody can be given all of that persona in this account.
		const graces = (spelling: string, outcome: string) =>
			expect.stringMatching(
				`^${spelling}@acme.example,developer,7,${outcome},"Not granted: marketing_campaigns`,
			);
		const admin = expect.stringMatching(/^adam@acme.example,marketer,,unchanged,.*admin/);
		const { lines, page } = await upload(...rows);
		expect(lines).toEqual([
			header,
			graces('Grace', 'invited'),
			'kay@acme.example,Observer,"a, b",invited,',
			...failed,
			graces('GRACE', 'unchanged'),
			admin,
		]);
		expect(page).toContain('4 of 8 rows failed');
		const sent = ['invitation Grace@acme.example global', 'invitation kay@acme.example global'];
		expect(sentEmails()).toEqual(sent);

		expect((await upload(...rows)).lines).toEqual([
			header,
			graces('Grace', 'unchanged'),
			'kay@acme.example,Observer,"a, b",unchanged,',
			...failed,
			graces('GRACE', 'unchanged'),
			admin,
		]);
		expect(sentEmails()).toEqual(sent);

		// An invitation that gives more replaces the one that was sent.
		const corrected = await upload('email,persona', 'kay@acme.example,developer');
		expect(corrected.lines[1]).toMatch(/^kay@acme.example,developer,reinvited,/);
		expect(sentEmails()).toEqual([...sent, sent[1]]);
	});

	test('returns what is wrong with a file without rows or with other columns', async () => {
		expect((await upload('email,persona')).lines[1]).toMatch(/failed,.*'Email' is empty/);
		expect((await upload('mail;role', 'grace@acme.example;observer')).lines[1]).toMatch(
			/failed,.*'Email' is empty/,
		);
		expect(sentEmails()).toEqual([]);
	});
});

describe('the new hire form', () => {
	/** Fills in the form in the order of its fields. */
	async function fillIn(access: string, email: string): Promise<void> {
		const form = new FormData();
		const answers = [
			'Kay McNulty',
			email,
			access,
			'Runs the <newsletter> now',
			'boss@acme.example',
		];
		answers.forEach((answer, index) => form.append(`field-${index}`, answer));
		const { user, password } = FORM_LOGIN;
		const response = await fetch(`${on.n8n.url}/form/new-hire-form`, {
			method: 'POST',
			headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` },
			body: form,
		});
		expect(response.status).toBe(200);
	}

	/** Follows a link of the mail to the approver. */
	async function follow(mail: string, answer: 'true' | 'false'): Promise<void> {
		const links = [...mail.matchAll(/href="(http[^"]+)"/g)].map(([, link]) => link);
		const link = links.find((url) => url.includes(`approved=${answer}`)) ?? '';
		// The mail is there a moment before n8n waits for its answer.
		await on.rest.waitingExecutions(form);
		await openLink(link);
	}

	const told = (outcome: string) => ({
		to: ['boss@acme.example'],
		subject: 'SendGrid access for Kay McNulty',
		body: expect.stringContaining(outcome),
	});

	let form: string;
	beforeAll(async () => {
		form = await activate('new-hire-form');
	});

	test('gives ordinary access at once, only once, and never takes any away', async () => {
		await fillIn('Observer', 'kay@acme.example');
		expect(await nextMail()).toEqual(told('They have been invited'));
		expect(sentEmails()).toEqual(['invitation kay@acme.example global']);
		expect(on.sandbox.state.account().invitations.at(-1)?.is_admin).toBe(false);

		await fillIn('Observer', 'kay@acme.example');
		expect(await nextMail()).toEqual(told('Nothing had to be done'));
		await fillIn('Observer', 'adam@acme.example');
		expect(await nextMail()).toEqual(told('Nothing had to be done: they are an admin'));
		for (const email of ['kay@acme.example', 'lee@acme.example']) {
			await fillIn('Marketer', email);
			expect(await nextMail()).toEqual(told('Nothing was given'));
		}
		expect(writes()).toHaveLength(1);

		await fillIn('Marketer', 'kay');
		expect(await nextMail()).toEqual(
			told("It did not work. 'Email' must be an email address, not 'kay'"),
		);
		expect(writes()).toHaveLength(1);
	});

	test('gives admin access only after approval', async () => {
		await fillIn('Admin', 'kay@acme.example');
		const first = await nextMail();
		expect(first).toMatchObject({
			to: ['security@example.com'],
			subject: 'Kay McNulty: admin access to SendGrid?',
			body: expect.stringContaining('Why: Runs the  newsletter  now'),
		});
		expect(on.sandbox.state.requests).toEqual([]);
		await follow(first?.body ?? '', 'false');
		expect(await nextMail()).toEqual(told('admin access was not approved'));
		expect(on.sandbox.state.requests).toEqual([]);

		await fillIn('Admin', 'kay@acme.example');
		const second = await nextMail();
		await follow(second?.body ?? '', 'true');
		expect(await nextMail()).toEqual(told('They have been invited'));
		expect(sentEmails()).toEqual(['invitation kay@acme.example global']);
		expect(on.sandbox.state.account().invitations.at(-1)?.is_admin).toBe(true);
	});
});

describe('expiring invitations', () => {
	/** Runs the saved workflow as if its time had come. */
	async function nightly({ id }: SavedWorkflow): Promise<Run> {
		const run = await on.rest.finishedExecution(await on.rest.runManually(id, 'Every Night'));
		expect(run.error).toBeUndefined();
		return run;
	}

	test('are resent with one email about it, and nothing is sent the second time', async () => {
		const { state } = on.sandbox;
		state.addPending({ email: 'late@acme.example', expiresInSeconds: DAY });
		state.addPending({ email: 'expired@acme.example', expiresInSeconds: -DAY });
		state.faults.add({
			method: 'POST',
			path: /resend$/,
			fault: { kind: 'status', status: 403, when: 'before' },
		});
		const workflow = await examples.save('expiring-invitations');
		await nightly(workflow);
		expect(sentEmails()).toHaveLength(1);
		expect(examples.mails).toEqual([
			{
				to: ['it@example.com'],
				subject: 'SendGrid invitations: 1 of 2 sent again',
				body: expect.stringMatching(
					/^\S+@acme\.example: sent again\n\S+@acme\.example: not sent\. .+teammates\.create/,
				),
			},
		]);

		// The next night, only the failed one is left.
		await nightly(workflow);
		const sent = ['resend Expiring.Soon@acme.example global', 'resend late@acme.example global'];
		expect(sentEmails()).toEqual(sent);
		expect(examples.mails).toHaveLength(2);
		const run = await nightly(workflow);
		expect(outputItems(run, 'Expiring Invitations')).toEqual([]);
		expect(sentEmails()).toEqual(sent);
		expect(examples.mails).toHaveLength(2);
	});
});

describe('leavers', () => {
	const people = (...addresses: string[]) => ({
		employees: addresses.map((workEmail) => ({ firstName: 'Some', lastName: 'Body', workEmail })),
	});

	const here = () => {
		const { teammates, invitations } = on.sandbox.state.account();
		return [...teammates.map(({ profile }) => profile.email), ...invitations.map((i) => i.email)];
	};

	let workflow: string;
	beforeAll(async () => {
		workflow = await activate('leavers');
	});

	test('are removed, invited or joined, and admins refused; the second time nothing happens', async () => {
		const leavers = people(
			'LEE@acme.example',
			'adam@acme.example',
			'fresh@acme.example',
			'gone@acme.example',
			'nobody',
		);
		const refused = [
			['adam@acme.example', 'failed', expect.stringContaining('this person is an admin')],
			['nobody', 'failed', expect.stringContaining('must be an email address')],
		];
		expect(await outcomesOf('leavers', leavers)).toEqual([
			['lee@acme.example', 'removed', ''],
			['fresh@acme.example', 'removed', 'Had not accepted the invitation yet'],
			['gone@acme.example', 'unchanged', 'Is not there'],
			...refused,
		]);
		expect(here()).not.toContain('lee@acme.example');
		expect(here()).not.toContain('fresh@acme.example');
		expect(here()).toContain('adam@acme.example');
		expect(writes()).toHaveLength(2);
		expect(await nextMail()).toEqual({
			to: ['it@example.com'],
			subject: 'SendGrid: 2 leavers were not removed',
			body: expect.stringMatching(/^Some Body \(adam@.+ is an admin.+\nSome Body \(nobody\): /),
		});

		expect(await outcomesOf('leavers', leavers)).toEqual([
			['lee@acme.example', 'unchanged', 'Is not there'],
			['fresh@acme.example', 'unchanged', 'Is not there'],
			['gone@acme.example', 'unchanged', 'Is not there'],
			...refused,
		]);
		expect(writes()).toHaveLength(2);
		await nextMail();

		expect(await outcomesOf('leavers', people('dev@acme.example'))).toEqual([
			['dev@acme.example', 'removed', ''],
		]);
		// Once the run is over, there is nothing to report: it continues after its answer.
		const [{ id }] = await on.rest.executions(workflow);
		await on.rest.finishedExecution(id);
		expect(examples.mails).toEqual([]);
	});

	test('are all kept if there are too many at once, and IT is told', async () => {
		const before = here();
		const four = ['lee', 'dev', 'sam', 'fresh'].map((name) => `${name}@acme.example`);
		const held = expect.stringContaining('More people would be removed than one run may remove');
		expect(await outcomesOf('leavers', people(...four, 'gone@acme.example'))).toEqual([
			...four.map((email) => [email, 'held back', held]),
			['gone@acme.example', 'unchanged', 'Is not there'],
		]);
		expect(writes()).toEqual([]);
		expect(here()).toEqual(before);
		expect(await nextMail()).toEqual({
			to: ['it@example.com'],
			subject: 'SendGrid: 4 leavers were not removed',
			body: expect.stringContaining('Some Body (lee@acme.example): More people'),
		});
	});
});
