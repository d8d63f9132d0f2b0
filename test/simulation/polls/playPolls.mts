import type { IDataObject, IHttpRequestOptions, INode, NodeApiError } from 'n8n-workflow';

import type { RequestEntry } from '../../../sandbox/model.mts';
import { SandboxState } from '../../../sandbox/state.mts';
import { BuiltNode, credentialDefaults } from '../builtNode.mts';
import { Network } from '../network.mts';
import { setUp } from '../play.mts';
import { Random } from '../random.mts';
import { Truth } from '../truth.mts';
import { VirtualClock } from '../virtualClock.mts';
import { ACCOUNT, happen } from './happen.mts';
import { pollContext } from './pollContext.mts';
import type { N8nAct, PollScript } from './pollScript.mts';

/** One poll and its outcome. */
export interface PlayedPoll {
	/** Its place among all polls, from 0. */
	number: number;
	/** When it was due, which is when the stored state was fetched. Epoch milliseconds, like all times here. */
	fetchedAt: number;
	startedAt: number;
	/** Undefined: it did not end, or n8n ended first. */
	endedAt?: number;
	/** Whether n8n discarded its result. */
	isDiscarded: boolean;
	/** Number of the poll whose state it got; undefined: none. */
	handed?: number;
	/** The n8n process that it ran in. */
	process: number;
	/** Whether another poll was running when it started. */
	isOverlapped: boolean;
	items?: IDataObject[];
	error?: NodeApiError;
	requests: RequestEntry[];
	/** How far n8n's clock was ahead, at its start and at its end. */
	clock: [number, number];
}

export interface PollHistory {
	script: PollScript;
	truth: Truth;
	polls: PlayedPoll[];
	log: string[];
	apiKey: string;
	/** What n8n has stored in the end, as text. */
	stored: string;
	isStuck: boolean;
}

/** The state that n8n has, and the poll that it comes from. */
interface Kept {
	data: IDataObject;
	from?: number;
}

const TYPE = 'n8n-nodes-sendgrid-teammates.sendGridTeammatesTrigger';

/** No poll takes longer, in milliseconds. */
const LONGEST_POLL = 400_000;

const copyOf = ({ data, from }: Kept): Kept => ({
	data: JSON.parse(JSON.stringify(data)) as IDataObject,
	from,
});

let keys = 0;

const nodeOf = ({ events, expiresWithinDays }: PollScript): INode => ({
	id: 'trigger',
	name: 'Trigger',
	type: TYPE,
	typeVersion: 1,
	position: [0, 0],
	parameters: {
		events,
		expiresWithinDays,
		simplify: true,
		filters: {},
		region: 'credential',
		options: {},
	},
	credentials: { sendGridTeammatesApi: { id: '1', name: 'SendGrid' } },
});

/** Lets each of SendGrid's lists show the state of a while ago. */
function lagBehind(sendGrid: SandboxState, { lag }: PollScript): () => void {
	if (lag.teammates === 0 && lag.invitations === 0) return () => {};
	const past: Array<{ at: number; teammates: string; invitations: string }> = [];
	const keep = () => {
		const { teammates, invitations } = sendGrid.account(ACCOUNT);
		past.push({
			at: past.length === 0 ? -Infinity : sendGrid.now(),
			teammates: JSON.stringify(teammates),
			invitations: JSON.stringify(invitations),
		});
	};
	const asOf = (moment: number) => past.findLast(({ at }) => at <= moment) ?? past[0];
	keep();
	sendGrid.shown = (account) => ({
		...account,
		teammates: JSON.parse(asOf(sendGrid.now() - lag.teammates).teammates),
		invitations: JSON.parse(asOf(sendGrid.now() - lag.invitations).invitations),
	});
	return keep;
}

/** Plays a script from its beginning until the last poll has ended, on a clock of its own. */
export async function playPolls(script: PollScript): Promise<PollHistory> {
	const random = new Random(script.seed ^ 0x3c6ef372);
	const clock = new VirtualClock(script.startsAt, () => random.next());
	const restoreClock = clock.install();
	try {
		return await new PollPlayer(script, clock, random).play();
	} finally {
		restoreClock();
	}
}

class PollPlayer {
	private readonly script: PollScript;

	private readonly clock: VirtualClock;

	private readonly sendGrid: SandboxState;

	private readonly truth: Truth;

	private readonly network: Network;

	private readonly history: PollHistory;

	private readonly node: INode;

	/** What happens after a request, and which request. */
	private readonly waiting: Array<{ method: string; path: RegExp; start: () => void }> = [];

	private readonly keepPast: () => void;

	/** What n8n's database holds. */
	private stored: Kept = { data: {} };

	/** What is in the memory of n8n's process: one object, which polls change. */
	private live: Kept = { data: {} };

	private built = new BuiltNode();

	private process = 0;

	/** The polls that are running in this process. */
	private readonly running = new Set<PlayedPoll>();

	private due = 0;

	constructor(script: PollScript, clock: VirtualClock, random: Random) {
		this.script = script;
		this.clock = clock;
		this.node = nodeOf(script);
		this.sendGrid = new SandboxState({
			now: () => clock.now,
			newId: () => random.id(),
			later: (ms, action) => void clock.after(ms, action),
		});
		setUp(this.sendGrid, { name: ACCOUNT, people: script.people, requests: [] });
		keys += 1;
		const apiKey = `SG.${String(keys).padStart(22, 'polled')}.${'x'.repeat(43)}`;
		this.sendGrid.addKey({ key: apiKey, account: ACCOUNT });
		this.truth = new Truth(this.sendGrid);
		this.keepPast = lagBehind(this.sendGrid, script);
		this.network = new Network(this.sendGrid, clock, random, script.network, ({ run }, arrive) =>
			this.onArrival(run, arrive),
		);
		this.history = {
			script,
			truth: this.truth,
			polls: [],
			log: [],
			apiKey,
			stored: '',
			isStuck: false,
		};
	}

	async play(): Promise<PollHistory> {
		const { script, clock, sendGrid, history } = this;
		Object.assign(sendGrid.behaviours, script.behaviours);
		if (script.rateLimit) sendGrid.rateLimits.set(script.rateLimit);
		for (const { from, to, what } of script.spells) {
			if (what.kind !== 'fault') continue;
			let id = 0;
			clock.after(from, () => {
				id = sendGrid.faults.add(what.rule);
			});
			clock.after(to, () => void sendGrid.faults.remove(id));
		}
		for (const planned of script.acts) {
			const start = () => {
				happen(sendGrid, this.truth, planned);
				this.keepPast();
			};
			clock.after(planned.at, () => {
				if (planned.after) this.waiting.push({ ...planned.after, start });
				else start();
			});
		}
		for (const n8nAct of script.n8n) {
			this.due += 1;
			clock.after(n8nAct.at, () => {
				this.due -= 1;
				this.perform(n8nAct);
			});
		}
		const longest = Math.max(0, ...script.n8n.map(({ at }) => at)) + LONGEST_POLL;
		const isOver = () => this.due === 0 && this.running.size === 0;
		history.isStuck = !(await clock.run(isOver, longest));
		clock.dateAhead = 0;
		// Whatever was still on its way comes to an end.
		await clock.run(() => false, LONGEST_POLL);
		history.stored = JSON.stringify([this.stored.data, this.live.data]);
		return history;
	}

	private onArrival(run: number, arrive: () => RequestEntry): void {
		this.truth.observe({ run, key: '' }, () => {
			const entry = arrive();
			this.history.polls[run]?.requests.push(entry);
			const index = this.waiting.findIndex(
				({ method, path }) => method === entry.method && path.test(entry.path),
			);
			if (index >= 0) this.waiting.splice(index, 1)[0].start();
			return entry;
		});
	}

	private perform(n8nAct: N8nAct): void {
		switch (n8nAct.kind) {
			case 'poll':
				void this.tick(n8nAct.isDiscarded ?? false);
				return;
			case 'clock':
				this.clock.dateAhead = n8nAct.ahead;
				return;
			case 'restart':
				this.process += 1;
				this.running.clear();
				this.built = new BuiltNode();
				this.live = copyOf(this.stored);
				return;
			case 'reactivate':
				this.replaceWorkflow();
		}
	}

	/** The workflow in memory starts again with the stored state; polls of the old one are discarded. */
	private replaceWorkflow(): void {
		this.live = copyOf(this.stored);
		for (const poll of this.running) poll.isDiscarded = true;
	}

	/** The state that a poll gets. */
	private hand(): Kept {
		return this.script.keeping === 'classic' ? this.live : copyOf(this.stored);
	}

	private async tick(isDiscarded: boolean): Promise<void> {
		const { script, clock, history } = this;
		const process = this.process;
		const fetchedAt = clock.now;
		const kept = this.hand();
		if (script.keeping !== 'classic' && script.fetchMs > 0) {
			this.due += 1;
			await new Promise<void>((goOn) => {
				clock.after(script.fetchMs, goOn);
			});
			this.due -= 1;
			if (process !== this.process) return;
		}
		const poll: PlayedPoll = {
			number: history.polls.length,
			fetchedAt,
			startedAt: clock.now,
			isDiscarded,
			handed: kept.from,
			process,
			isOverlapped: this.running.size > 0,
			requests: [],
			clock: [clock.dateAhead, clock.dateAhead],
		};
		history.polls.push(poll);
		this.running.add(poll);
		const before = JSON.stringify(kept.data);
		const outcome = await this.run(poll, kept).then(
			(items) => ({ items }),
			(error: NodeApiError) => ({ error }),
		);
		// n8n has ended in the meantime: nobody sees it.
		if (process !== this.process) return;
		this.running.delete(poll);
		Object.assign(poll, outcome, { endedAt: clock.now });
		poll.clock[1] = clock.dateAhead;
		this.store(poll, kept, before);
	}

	/** What n8n does with the static data after a poll. */
	private store(poll: PlayedPoll, kept: Kept, before: string): void {
		if (poll.isDiscarded) {
			// This happens if the workflow was replaced in the middle of a poll.
			if (this.live === kept) this.replaceWorkflow();
			return;
		}
		if (poll.error || JSON.stringify(kept.data) === before) return;
		kept.from = poll.number;
		// The state of the poll at activation is stored.
		const isFirst = this.stored.from === undefined && this.script.keeping === 'classic';
		if (poll.items || isFirst || this.script.keeping === 'durable') this.stored = copyOf(kept);
	}

	private async run(poll: PlayedPoll, kept: Kept): Promise<IDataObject[] | undefined> {
		const { script, built, node, history } = this;
		const trigger = built.trigger();
		if (!trigger.poll) throw new Error('the trigger does not poll');
		const output = await trigger.poll.call(
			pollContext({
				built,
				node,
				staticData: kept.data,
				credential: {
					...credentialDefaults(),
					allowedHttpRequestDomains: 'all',
					apiKey: history.apiKey,
				},
				budgetMs: script.budgetMs,
				send: async (options) =>
					await this.network.send({ run: poll.number, key: '' }, node, this.through(options)),
				log: (line) => history.log.push(line),
			}),
		);
		return output?.[0].map(({ json }) => json);
	}

	/** What arrives of a request while something drops the question. */
	private through(options: IHttpRequestOptions): IHttpRequestOptions {
		const now = this.clock.now - this.script.startsAt;
		for (const { from, to, what } of this.script.spells) {
			if (what.kind === 'stuckPages' && now >= from && now < to && what.path.test(options.url)) {
				return { ...options, qs: { limit: what.page, offset: 0 } };
			}
		}
		return options;
	}
}
