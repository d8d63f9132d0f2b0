import { differences } from '../trace.mts';
import type { PollFinding } from './judgePolls.mts';
import type { PollHistory } from './playPolls.mts';

interface Line {
	at: number;
	text: string;
}

const named = (items: PollHistory['polls'][number]['items'] = []) =>
	items.map(({ event, email }) => `${String(event)} ${String(email)}`).join(', ') || 'nothing';

/** A history of polls as text, in the order of time. */
export function traceOfPolls(history: PollHistory, findings: readonly PollFinding[]): string {
	const { script, truth, polls } = history;
	const lines: Line[] = [
		...polls.flatMap((poll): Line[] => [
			{
				at: poll.startedAt,
				text: `poll ${poll.number} begins in process ${poll.process}, handed ${poll.handed ?? 'nothing'}${poll.isOverlapped ? ', another is under way' : ''}`,
			},
			...poll.requests.map(({ at, method, path, query, status, fault }) => ({
				at,
				text: `  ${method} ${path}?${new URLSearchParams(query).toString()} -> ${status ?? 'no answer'}${fault ? ` [${fault}]` : ''}`,
			})),
			{
				at: poll.endedAt ?? Infinity,
				text: `poll ${poll.number} ends${poll.isDiscarded ? ' for nobody' : ''}: ${poll.error ? `${poll.error.message} / ${String(poll.error.description)}` : named(poll.items)}`,
			},
		]),
		...script.n8n
			.filter(({ kind }) => kind !== 'poll')
			.map((n8nAct) => ({
				at: script.startsAt + n8nAct.at,
				text: `n8n: ${JSON.stringify(n8nAct)}`,
			})),
		...[...truth.moments.values()].flatMap((moments) =>
			moments.flatMap((moment, index) =>
				differences(
					moments[index - 1] ?? { ...moment, teammates: [], invitations: [] },
					moment,
				).map((text) => ({ at: moment.at, text: `    ${text}` })),
			),
		),
	];
	const timed = lines
		.map((line, order) => ({ ...line, order }))
		.sort((one, other) => one.at - other.at || one.order - other.order)
		.map(({ at, text }) => {
			const seconds = Number.isFinite(at) ? ((at - script.startsAt) / 1000).toFixed(3) : String(at);
			return `${seconds.padStart(12)}  ${text}`;
		});
	const { people, acts, n8n, spells, ...rest } = script;
	const shown = spells.map(({ from, to, what }) => ({
		from,
		to,
		what: JSON.stringify(what, (_, value: unknown) =>
			value instanceof RegExp ? value.source : value,
		),
	}));
	return [
		`Polls of seed ${script.seed}`,
		JSON.stringify(rest),
		...shown.map((spell) => JSON.stringify(spell)),
		...timed,
		...findings.map(({ law, poll, what }) => `!! ${law}, poll ${poll}: ${what}`),
	]
		.join('\n')
		.replaceAll(history.apiKey, '<key>');
}
