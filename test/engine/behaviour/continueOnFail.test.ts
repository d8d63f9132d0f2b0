import type { INodeParameters } from 'n8n-workflow';

import { linkOf } from '../../support/link';
import { inviteWith, resendWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

/** One item for each way to fail, among others that succeed. */
const MIXED = [
	{ email: 'ada@example.com' },
	{ email: 'nobody' },
	{ email: 'unknown-scope@example.com', scopes: ['cakes.bake'] },
	{ email: 'bob@example.com' },
	{ email: 'broken@example.com', region: 'mars' },
];

const mixed = () =>
	inviteWith({
		scopes: '={{ $json.scopes ?? ["stats.read"] }}',
		region: '={{ $json.region ?? "credential" }}',
	});

describe('Continue On Fail', () => {
	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'answers every item of %s once, linked to its input',
		async (onError) => {
			const { results, failures, error } = await sendGrid.run({
				items: MIXED,
				parameters: mixed(),
				settings: { onError },
			});
			expect(error).toBeUndefined();

			const answered = [...results, ...failures];
			expect(answered.map(linkOf).sort()).toEqual([0, 1, 2, 3, 4]);
			const failed = answered.filter(({ json }) => 'error' in json);
			expect(failed.map(linkOf).sort()).toEqual([1, 2, 4]);
			expect(failures).toHaveLength(onError === 'continueErrorOutput' ? 3 : 0);
			expect(sendGrid.mailed().sort()).toEqual(['ada@example.com', 'bob@example.com']);

			const told = failed.find((item) => linkOf(item) === 1)?.json;
			expect(told).toEqual({
				// n8n adds the input row on the error output.
				...(onError === 'continueErrorOutput' && MIXED[1]),
				error:
					"'Email' must be an email address, not 'nobody'. Fix 'Email', e.g. nathan@example.com. If the value comes from an earlier node, check this item there.",
			});
		},
	);

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'does so for %s even if a look-up or the network fails',
		async (onError) => {
			sendGrid.state.addPending({ email: 'ada@example.com' });
			sendGrid.state.faults.add({ method: 'POST', fault: { kind: 'drop', when: 'before' } });
			const { results, failures } = await sendGrid.run({
				items: [{ email: 'bob@example.com' }, { email: 'ada@example.com' }],
				parameters: resendWith({ options: { maxWait: 0 } }),
				settings: { onError },
			});
			const failed = [...results, ...failures];
			expect(failed.map(linkOf)).toEqual([0, 1]);
			expect(failed[0].json.error).toContain(
				"there is no pending invitation for 'bob@example.com'",
			);
			expect(failed[1].json.error).toContain('the connection broke off');
		},
	);

	test('Failed items: keeps the whole row of each failed item on the error output', async () => {
		const rows = [
			{ email: 'nobody', department: 'Sales', nested: { id: 1 } },
			{
				email: 'cakes@example.com',
				scopes: ['cakes.bake'],
				department: 'Ovens',
				nested: { id: 2 },
			},
			{ email: 'ada@example.com', department: 'Analysis', nested: { id: 3 } },
			{ email: 'broken@example.com', region: 'mars', department: 'Space', nested: { id: 4 } },
		];
		const { results, failures } = await sendGrid.run({
			items: rows,
			parameters: mixed(),
			settings: { onError: 'continueErrorOutput' },
		});
		expect(results.map(({ json }) => json.email)).toEqual(['ada@example.com']);
		const refused = rows.filter(({ email }) => email !== 'ada@example.com');
		expect(failures.map(({ json }) => json)).toEqual(
			refused.map((row) => ({ ...row, error: expect.any(String) })),
		);
		expect(failures.map(linkOf)).toEqual([0, 1, 3]);
		expect(failures.map(({ json }) => json.error)).toEqual([
			expect.stringContaining("'Email' must be an email address, not 'nobody'"),
			expect.stringContaining("'cakes@example.com' was not invited: "),
			expect.stringContaining(
				"'broken@example.com' was not handled: 'Region' must be Same as Credential, Global or EU, not 'mars'",
			),
		]);
	});

	test('sends nothing twice together with Retry On Fail', async () => {
		await sendGrid.run({
			items: [{ email: 'nobody' }, { email: 'ada@example.com' }],
			parameters: inviteWith({}),
			settings: {
				onError: 'continueRegularOutput',
				retryOnFail: true,
				maxTries: 3,
				waitBetweenTries: 0,
			},
		});
		expect(sendGrid.mailed()).toEqual(['ada@example.com']);
	});
});

test('Failed items: an expression in Request Options that fails for one row fails that row only', async () => {
	const { results, error } = await sendGrid.run({
		items: [{ email: 'ada@example.com' }, { email: 'bob@example.com' }],
		parameters: inviteWith({
			requestOptions: {
				timeout: "={{ $json.email.startsWith('ada') ? $('Nowhere').first().json.x : 1000 }}",
			} as INodeParameters,
		}),
		settings: { onError: 'continueRegularOutput' },
	});
	expect(error).toBeUndefined();
	expect(results).toHaveLength(2);
});
