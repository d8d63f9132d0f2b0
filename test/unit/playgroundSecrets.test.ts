import { secretsOf } from '../../playground/n8n/secrets.mts';
import { readText, withTemporaryFolder } from '../support/machine';

test('each folder of the playground has secrets of its own, and keeps them', async () => {
	await withTemporaryFolder(async (folder) => {
		const [one, other] = [secretsOf(`${folder}/one`), secretsOf(`${folder}/other`)];
		expect(secretsOf(`${folder}/one`)).toEqual(one);
		const all = [...Object.values(one), ...Object.values(other)];
		expect(new Set(all).size).toBe(4);
		for (const secret of all) expect(secret.length).toBeGreaterThan(20);
		// What n8n requires of a password.
		expect(one.password).toMatch(/^(?=.*[A-Z])(?=.*\d).{8,64}$/);
		expect(JSON.parse(await readText(`${folder}/one/secrets.json`))).toEqual(one);
	});
});
