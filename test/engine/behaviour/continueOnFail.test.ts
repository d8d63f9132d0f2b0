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
		'%s: every item is answered once, linked to its input',
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
				error:
					"'Email' is 'nobody', which is no e-mail address. Enter an address such as nathan@example.com in 'Email'. If it comes from an earlier node, check that this item has one.",
			});
		},
	);

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'%s: also where a look-up or the network is to blame',
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

	test('with Retry On Fail beside it, nothing is sent twice', async () => {
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
