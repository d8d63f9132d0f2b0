import { Random } from '../random.mts';
import type { Item, RunPlan, Script, Weather } from '../script.mts';
import {
	drawActs,
	drawBehaviours,
	drawFaults,
	drawNetwork,
	drawRateLimit,
} from './disturbances.mts';
import { drawCommon, drawItem, drawOperation, type Setting } from './items.mts';
import { drawClocks, drawMix } from './mix.mts';
import { drawAccount, drawKey } from './people.mts';

const FIRST_DAY = Date.UTC(2026, 10, 26, 10);

function drawRun(random: Random, setting: Setting, weather: Weather): RunPlan {
	const operation = drawOperation(random, setting.mix);
	const isAgent = random.chance(0.15);
	const count = isAgent
		? random.whole(1, 3)
		: random.weighted([
				[4, 1],
				[5, random.whole(2, 5)],
				// In windows of a minute, this many would take longer than they may wait.
				[setting.mix.name === 'minutes' ? 0 : 1, random.whole(6, 15)],
			]);
	const common = drawCommon(random, setting.mix, operation);
	const items: Item[] = [];
	for (let index = 0; index < count; index += 1) {
		const before = items.flatMap(({ ask }) => (ask.email === undefined ? [] : [ask.email]));
		items.push(drawItem(random, setting, operation, common, before));
	}
	const requestOptions = {
		...(random.chance(0.15) && {
			batching: { batch: { batchSize: random.whole(1, 3), batchInterval: 500 } },
		}),
		timeout: random.pick([2000, 5000, 10_000]),
	};
	for (const item of items) item.parameters.requestOptions = requestOptions;
	return {
		entrance: isAgent ? random.pick(['agent', 'agent', 'agentNode'] as const) : 'workflow',
		atOnce: random.chance(0.5),
		startsAt: 0,
		items,
		continueOnFail: random.chance(setting.mix.continueOnFail),
		retryOnFail: random.chance(setting.mix.retryOnFail),
		maxTries: random.whole(2, 3),
		waitBetweenTries: random.pick([100, 1000]),
		...(weather === 'wild' && random.chance(0.15) && { cancelAfter: random.whole(1, 5000) }),
	};
}

/** A whole history, from its seed alone. */
export function drawScript(seed: number, wanted?: Weather): Script {
	const random = new Random(seed);
	const mix = drawMix(seed);
	const drawn = random.weighted<Weather>([
		[25, 'undisturbed'],
		[50, 'mild'],
		[25, 'wild'],
	]);
	const weather = wanted ?? drawn;
	const accounts = [drawAccount(random, mix, 'acme'), drawAccount(random, mix, 'umbrella')];
	const keys = [
		drawKey(random, 'first', 'acme'),
		drawKey(random, 'second', random.chance(0.7) ? 'umbrella' : 'acme'),
	];
	const setting: Setting = { mix, accounts, keys, isPatient: weather === 'undisturbed' };
	const runs = [drawRun(random, setting, weather)];
	if (random.chance(mix.secondRun)) {
		runs.push({ ...drawRun(random, setting, weather), startsAt: random.whole(0, 1500) });
	}
	const startsAt = FIRST_DAY + random.whole(0, 59_999);
	const behaviours = drawBehaviours(random, mix, weather);
	// Reading many people in pages of one or two takes longer than anything may take.
	const isLarge = accounts.some(({ people }) => people.length > 40);
	if (isLarge && (behaviours.maxPage ?? 500) < 5) behaviours.maxPage = 5;
	const rateLimit = drawRateLimit(random, mix);
	const named = runs.flatMap(({ items }) => items.flatMap(({ ask }) => ask.email ?? []));
	return {
		seed,
		weather,
		mix: mix.name,
		startsAt,
		accounts,
		keys,
		behaviours,
		rateLimit,
		faults: drawFaults(random, mix, weather),
		acts: drawActs(random, mix, weather, ['acme', 'umbrella'], named),
		network: drawNetwork(random, weather),
		clocks: drawClocks(random, mix, rateLimit !== undefined),
		runs,
	};
}
