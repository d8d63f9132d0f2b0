import type { Speed } from './figures.mts';
import type { Progress } from './progress.mts';
import type { MeasuredN8n } from './measuredN8n.mts';
import { inviteByFloor, inviteByHttp, inviteByOurs, inviting } from './workflows.mts';

/** The same invitations without a limit: how fast. */
export async function measureSpeed(
	measuredN8n: MeasuredN8n,
	{ items, rounds }: { items: number; rounds: number },
	progress: Progress,
): Promise<Speed> {
	const workflows = {
		ours: inviting('this node', inviteByOurs(), items),
		floor: inviting('bare node', inviteByFloor(), items),
		httpDefaults: inviting('HTTP Request', inviteByHttp(), items),
	};
	await measuredN8n.import(Object.values(workflows));

	const measured: Speed['rounds'] = [];
	for (let round = 1; round <= rounds; round += 1) {
		const measure = async (who: keyof typeof workflows) =>
			await progress.step(`No limit, round ${round}: ${who}`, async () => {
				const run = await measuredN8n.measure(workflows[who], { items });
				// Who fails at once is fast, and compares with nobody.
				if (run.failed > 0) throw new Error(`${run.failed} of ${items} failed: ${run.reason}`);
				return run;
			});
		measured.push({
			ours: await measure('ours'),
			floor: await measure('floor'),
			httpDefaults: await measure('httpDefaults'),
		});
	}
	return { items, rounds: measured };
}
