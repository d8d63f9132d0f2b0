import type { History } from '../play.mts';
import type { Access, Ask, KeyPlan } from '../script.mts';
import { lower, type Moment, type TrueTeammate } from '../truth.mts';
import { named } from './access.mts';

/** The one teammate whom "Same as Teammate" names, if there is just one. */
function colleagueIn({ teammates }: Moment, { sameAs }: Access): TrueTeammate | undefined {
	const found = teammates.filter(({ email, username }) =>
		sameAs?.by === 'email' ? lower(email) === lower(sameAs.value) : username === sameAs?.value,
	);
	return found.length === 1 ? found[0] : undefined;
}

/** What the colleague's access comes to for a key; none: there is nothing to give or take. */
function accessesLike(colleague: TrueTeammate | undefined, { scopes: held }: KeyPlan): Access[] {
	if (!colleague || colleague.userType === 'owner') return [];
	if (colleague.isAdmin) return [{ kind: 'admin', scopes: [] }];
	const all = named(colleague.scopes);
	// What the person has already stays, whatever the key can grant.
	const cut = held === 'all' ? all : all.filter((scope) => held.includes(scope));
	return [cut, all]
		.filter((scopes) => scopes.length > 0)
		.map((scopes) => ({ kind: 'scopes', scopes }));
}

const momentsOf = ({ truth, script }: History, account: string, from: number, to: number) =>
	truth.between(account, from - (script.behaviours.readLagMs ?? 0), to);

/**
 * An item's wish in terms of scopes: "Same as Teammate" stands for what the colleague had at some moment of the time in
 * which the item was answered. Any other wish stands for itself.
 */
export function meaningsOf(
	history: History,
	ask: Ask,
	key: KeyPlan,
	from: number,
	to: number,
): Ask[] {
	const { access, account } = ask;
	if (access?.kind !== 'teammate') return [ask];
	const found = momentsOf(history, account, from, to).flatMap((moment) =>
		accessesLike(colleagueIn(moment, access), key),
	);
	const distinct = new Map(found.map((one) => [JSON.stringify(one), one]));
	return [...distinct.values()].map((one) => ({ ...ask, access: one }));
}

/** Whether there was a moment at which nobody could be made the same as the colleague, by what the item says. */
export function mayLackColleague(
	history: History,
	ask: Ask,
	key: KeyPlan,
	{ person, from, to }: { person: string | undefined; from: number; to: number },
): boolean {
	const { access, account } = ask;
	if (access?.kind !== 'teammate') return false;
	return momentsOf(history, account, from, to).some((moment) => {
		const colleague = colleagueIn(moment, access);
		const [first] = accessesLike(colleague, key);
		const isAdmin = first?.kind === 'admin';
		return !first || (isAdmin && !ask.allowAdmins) || lower(colleague?.email ?? '') === person;
	});
}
