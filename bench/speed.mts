import type { Measured, MeasuredN8n } from './measuredN8n.mts';
import { INVITE, inviting, type Inviter } from './workflows.mts';

/** Runs without a limit, all of the same people. */
export interface Speed {
	items: number;
	/** Each round in turn. */
	rounds: Array<Record<Inviter, Measured>>;
}

/** The same invitations without a limit: how fast. */
export async function measureSpeed(
	n8n: MeasuredN8n,
	items: number,
	rounds: number,
): Promise<Speed> {
	const workflows = Object.entries(INVITE).map(
		([who, node]) => [who, inviting(`No limit: ${who}`, node(), items)] as const,
	);
	await n8n.import(workflows.map(([, workflow]) => workflow));
	const measured: Speed['rounds'] = [];
	for (let round = 1; round <= rounds; round += 1) {
		const runs: Array<[string, Measured]> = [];
		for (const [who, workflow] of workflows) {
			const run = await n8n.measure(workflow, items);
			// A candidate that fails at once is fast, but can't be compared.
			if (run.failed > 0) throw new Error(`${run.failed} of ${items} failed: ${run.reason}`);
			runs.push([who, run]);
		}
		measured.push(Object.fromEntries(runs) as Speed['rounds'][number]);
	}
	return { items, rounds: measured };
}
