import type { Answer } from './oracle/answers.mts';
import type { Finding } from './oracle/findings.mts';
import type { History } from './play.mts';
import type { Moment } from './truth.mts';

interface Line {
	at: number;
	text: string;
}

const WIDTH = 400;

const short = (text: string) => (text.length > WIDTH ? `${text.slice(0, WIDTH)}…` : text);

/** Keys differ from one play to the next; nothing else does. */
const withoutKeys = (text: string, keys: string[]) =>
	keys.reduce((rest, key) => rest.replaceAll(key, '<key>'), text);

const peopleOf = ({ teammates, invitations }: Moment): Map<string, string> =>
	new Map([
		...teammates.map(
			({ username, email, userType, isSso, scopes }) =>
				[
					`teammate ${username}`,
					`${email}, ${userType}${isSso ? ', single sign-on' : ''}: ${scopes.join(' ') || '(no scopes)'}`,
				] as const,
		),
		...invitations.map(
			({ email, token, isAdmin, scopes, expiresAt }) =>
				[
					`invitation ${token}`,
					`${email}${isAdmin ? ', admin' : ''}: ${scopes.join(' ') || '(no scopes)'}, until ${new Date(expiresAt).toISOString()}`,
				] as const,
		),
	]);

/** The changes from one moment to the next. */
export function differences(before: Moment, after: Moment): string[] {
	const [then, now] = [peopleOf(before), peopleOf(after)];
	return [
		...[...now]
			.filter(([name, what]) => then.get(name) !== what)
			.map(([name, what]) => `${name} is ${what}`),
		...[...then]
			.filter(([name]) => !now.has(name))
			.map(([name, what]) => `${name} is gone (${what})`),
	];
}

function happenings({ truth, played, script }: History): Line[] {
	const requests = truth.requests.map(({ run, entry }) => {
		const { at, method, path, query, body, status, fault } = entry;
		const search = new URLSearchParams(query).toString();
		const sent = body === null ? '' : ` ${short(JSON.stringify(body))}`;
		return {
			at,
			text: `run ${run}: ${method} ${path}${search && `?${search}`}${sent} -> ${status ?? 'no answer'}${fault ? ` [${fault}]` : ''}`,
		};
	});
	const changes = [...truth.moments].flatMap(([account, moments]) =>
		moments.flatMap((moment, index) =>
			differences(moments[index - 1] ?? { ...moment, teammates: [], invitations: [] }, moment).map(
				(text) => ({ at: moment.at, text: `  ${account}: ${text}` }),
			),
		),
	);
	const mails = truth.mails.map(({ at, kind, email, account, by }) => ({
		at,
		text: `  email (${kind}) to ${email} of ${account}, by ${by === 'other' ? by : `run ${by.run}`}`,
	}));
	const acts = truth.acts.map(({ at, account, email, kind }) => ({
		at,
		text: `somebody else: ${kind} ${email} of ${account}`,
	}));
	const calls = played.flatMap(({ run, items, startedAt, endedAt, cancelledAt, ended }) => [
		{ at: startedAt, text: `run ${run} begins with items ${items.join(', ')}` },
		...(cancelledAt === undefined ? [] : [{ at: cancelledAt, text: `run ${run} is cancelled` }]),
		{
			at: endedAt ?? Infinity,
			text: `run ${run} ends after ${ended?.tries ?? 0} tries of ${script.runs[run].maxTries}`,
		},
	]);
	return [...acts, ...requests, ...changes, ...mails, ...calls];
}

/** A history as text, in order of time: who did what, the state, and what the node said. */
export function traceOf(history: History, answers: Answer[], findings: Finding[]): string {
	const { script, apiKeys } = history;
	const lines = happenings(history).map((line, order) => ({ ...line, order }));
	lines.sort((one, other) => one.at - other.at || one.order - other.order);
	const timed = lines.map(({ at, text }) => {
		const ms =
			at === -Infinity
				? 'at first'
				: at === Infinity
					? 'never'
					: `${(at - script.startsAt).toFixed(0)} ms`;
		return `${ms.padStart(10)}  ${text}`;
	});
	const said = answers.map(({ run, item, ask, records, failure }) => {
		const outcome = failure ?? (records ? JSON.stringify(records) : '(nothing)');
		return `run ${run} item ${item} ${JSON.stringify(ask)}\n            => ${short(outcome)}`;
	});
	const {
		seed,
		weather,
		mix = 'by hand',
		clocks,
		behaviours,
		rateLimit,
		faults,
		keys,
		network,
	} = script;
	const shownFaults = faults.map((fault) => ({ ...fault, path: String(fault.path ?? '') }));
	const text = [
		`Seed ${seed} (${weather}, ${mix})`,
		`clocks ${JSON.stringify(clocks ?? 'agree')}`,
		`behaviours ${JSON.stringify(behaviours)}`,
		`rate limit ${JSON.stringify(rateLimit ?? 'as by default')}, network ${JSON.stringify(network)}`,
		`faults ${JSON.stringify(shownFaults)}`,
		`keys ${JSON.stringify(keys)}`,
		`runs ${JSON.stringify(script.runs.map(({ items, ...plan }) => ({ ...plan, items: items.length })))}`,
		...timed,
		...said,
		...findings.map(
			({ law, run, item, what }) =>
				`!! ${law}, run ${run}${item === undefined ? '' : ` item ${item}`}: ${short(what)}`,
		),
	].join('\n');
	return withoutKeys(text, apiKeys);
}
