import type { GrowthRun } from './figures.mts';
import type { Progress } from './progress.mts';
import type { MeasuredN8n } from './measuredN8n.mts';
import { inviteByFloor, inviteByHttp, inviteByOurs, inviting } from './workflows.mts';

const FORGET_MS = 50;

const CANDIDATES = [
	{ who: 'ours', node: inviteByOurs },
	{ who: 'floor', node: inviteByFloor },
	{ who: 'httpDefaults', node: () => inviteByHttp() },
] as const;

/**
 * The sandbox looks through all invitations for each new one, so it would slow down on its own. It forgets them
 * as they come, and keeps the record of sent emails.
 */
async function forgetful<T>({ state }: MeasuredN8n, work: () => Promise<T>): Promise<T> {
	const timer = setInterval(() => {
		for (const account of state.accounts.values()) account.invitations = [];
	}, FORGET_MS);
	try {
		return await work();
	} finally {
		clearInterval(timer);
	}
}

/** Time and memory for more and more items, without a limit. */
export async function measureGrowth(
	measuredN8n: MeasuredN8n,
	sizes: number[],
	progress: Progress,
): Promise<GrowthRun[]> {
	const cases = sizes.flatMap((items) =>
		CANDIDATES.map(({ who, node }) => ({
			who,
			items,
			workflow: inviting(`${who}, ${items}`, node(), items),
		})),
	);
	await measuredN8n.import(cases.map(({ workflow }) => workflow));
	const runs: GrowthRun[] = [];
	for (const { who, items, workflow } of cases) {
		const { failed, reason, seconds, memory } = await progress.step(
			`${items} items: ${who}`,
			async () =>
				await forgetful(measuredN8n, async () => await measuredN8n.measure(workflow, { items })),
		);
		runs.push({ who, items, failed, reason, seconds, memory });
	}
	return runs;
}
