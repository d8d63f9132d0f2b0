import type { Measured, MeasuredN8n } from './measuredN8n.mts';
import { INVITE, inviting, type Inviter } from './workflows.mts';

export interface GrowthRun extends Pick<Measured, 'items' | 'failed' | 'seconds' | 'memory'> {
	who: Inviter;
}

const FORGET_MS = 50;

/** Time and memory for more and more items, without a limit. */
export async function measureGrowth(n8n: MeasuredN8n, sizes: number[]): Promise<GrowthRun[]> {
	const cases = sizes.flatMap((items) =>
		Object.entries(INVITE).map(([who, node]) => ({
			who: who as Inviter,
			items,
			workflow: inviting(`${items} items: ${who}`, node(), items),
		})),
	);
	await n8n.import(cases.map(({ workflow }) => workflow));
	// The sandbox searches all invitations for each new one, so it would slow down by itself. It forgets them at
	// once, and keeps the record of sent emails.
	const forgetting = setInterval(() => {
		for (const account of n8n.state.accounts.values()) account.invitations = [];
	}, FORGET_MS);
	const runs: GrowthRun[] = [];
	try {
		for (const { who, items, workflow } of cases) {
			const { failed, seconds, memory } = await n8n.measure(workflow, items);
			runs.push({ who, items, failed, seconds, memory });
		}
	} finally {
		clearInterval(forgetting);
	}
	return runs;
}
