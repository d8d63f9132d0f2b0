import type { INodeExecutionData } from 'n8n-workflow';

import type { History, Played } from '../play.mts';
import type { Ask, Item, KeyPlan, RunPlan } from '../script.mts';
import { lower } from '../truth.mts';
import { meaningsOf } from './colleagues.mts';
import { claimOf, type Claim } from './messages.mts';

export type Json = Record<string, unknown>;

/** The outcome for one item. */
export interface Answer {
	run: number;
	item: number;
	plan: RunPlan;
	ask: Ask;
	/** The same in terms of scopes: several if "Same as Teammate" may mean several things, or none. */
	meanings: Ask[];
	key: KeyPlan;
	/** Address in lower case, as far as the item or the first state says. */
	person: string | undefined;
	played: Played;
	/** Epoch milliseconds: a statement has to be true at some moment between these two. */
	from: number;
	to: number;
	/** Results; undefined if the item failed, or if the whole run had no output. */
	records?: Json[];
	/** Message and advice of a failure. */
	failure?: string;
	claim?: Claim;
}

const errorOf = ({ json, error }: INodeExecutionData): string | undefined => {
	if (error) return [error.message, error.description].filter(Boolean).join('. ');
	const { error: text } = json as { error?: unknown };
	return text === undefined ? undefined : String(text);
};

/** Numbers of the input items that an output item is linked to. */
export function linksOf({ pairedItem }: INodeExecutionData): number[] {
	if (pairedItem === undefined) return [];
	return [pairedItem].flat().map((link) => (typeof link === 'number' ? link : link.item));
}

/** The person that an item is about. */
function personOf({ ask }: Item, { script }: History): string | undefined {
	if (ask.email !== undefined) return lower(ask.email);
	const people = script.accounts.find(({ name }) => name === ask.account)?.people ?? [];
	const found = people.find(
		({ state, username, email, token }) =>
			(ask.token !== undefined && token === ask.token) ||
			(ask.username !== undefined && state === 'teammate' && (username ?? email) === ask.username),
	);
	// Of somebody who is created later, the username is the address.
	const email = found?.email ?? ask.username;
	return email && lower(email);
}

function answerOf(history: History, played: Played, position: number): Answer {
	const plan = history.script.runs[played.run];
	const index = played.items[position];
	const item = plan.items[index];
	const { endedAt = Infinity, ended, startedAt } = played;
	const key = history.script.keys.find(({ name }) => name === item.key) as KeyPlan;
	const answer: Answer = {
		run: played.run,
		item: index,
		plan,
		ask: item.ask,
		meanings: meaningsOf(history, item.ask, key, {
			person: personOf(item, history),
			from: startedAt,
			to: endedAt,
			others: plan.items.filter((other) => other !== item).map(({ ask }) => ask),
		}),
		key,
		person: personOf(item, history),
		played,
		from: startedAt,
		to: endedAt,
	};
	const own = (ended?.output ?? []).filter((output) => linksOf(output).includes(position));
	const failure =
		own.map(errorOf).find((text) => text !== undefined) ?? endOf(history, played, position);
	if (failure !== undefined) return { ...answer, failure, claim: claimOf(failure) };
	// n8n drops everything before the error that ended a run.
	if (ended?.error || own.length === 0) return answer;
	return { ...answer, records: own.map(({ json }) => json) };
}

/** The error that ended the run, if it is about this item. */
function endOf(
	history: History,
	{ ended, items, run }: Played,
	position: number,
): string | undefined {
	if (!ended?.error) return undefined;
	const { message, description, context } = ended.error;
	const index = (context as { itemIndex?: number } | undefined)?.itemIndex;
	if (index !== position && items.length > 1) return undefined;
	// It may be about a person whom no item names.
	const { operation, email = '' } = history.script.runs[run].items[items[position]].ask;
	const isOfOthers = operation === 'teammate.sync' && !lower(message).includes(lower(email));
	if (isOfOthers && !/(^|: )The list was not applied/.test(message)) return undefined;
	return [message, description].filter(Boolean).join('. ');
}

/** One for each item of each call of the node. */
export const answersOf = (history: History): Answer[] =>
	history.played.flatMap((played) =>
		played.items.map((_item, position) => answerOf(history, played, position)),
	);

/** Whether an answer says that something was done, or may have been; if n8n dropped it, it may have said so. */
export function tellsOfChange({ claim, records }: Answer): boolean {
	if (claim !== undefined) return claim === 'partial' || claim === 'unclear';
	return records === undefined || records.some(({ changed }) => changed !== false);
}
