/** Tries all attacks; `npm run attack` prints the outcomes as a table. */
import { environment, writeText } from '../support/machine';
import type { Attack } from './attack';
import { guards } from './attacks/guards';
import { closeLab, otherNodes } from './attacks/otherNodes';
import { secrets } from './attacks/secrets';
import { wire } from './attacks/wire';

const ATTACKS: Attack[] = [...otherNodes, ...guards, ...wire, ...secrets];

const rows: object[] = [];

afterAll(async () => {
	await closeLab();
	if (environment.ATTACK_RESULTS) await writeText(environment.ATTACK_RESULTS, JSON.stringify(rows));
});

test.each(ATTACKS)('$attack', async ({ attack, expected, attempt }) => {
	const { gotThrough, happened } = await attempt().catch((thrown: unknown) => ({
		// The outcome is unknown then, which is not a pass.
		gotThrough: true,
		happened: `could not be tried: ${String(thrown)}`,
	}));
	rows.push({ attack, expected, happened, gotThrough });
	expect({ happened, gotThrough }).toEqual({ happened, gotThrough: false });
});
