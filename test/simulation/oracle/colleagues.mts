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

/**
 * What the colleague's access comes to for a key; none: there is nothing to give or take.
 *
 * @param present what the person had at some moment: that stays, whatever the key can grant
 */
function accessesLike(
	colleague: TrueTeammate | undefined,
	{ scopes: held }: KeyPlan,
	present: ReadonlyArray<readonly string[]> = [],
): Access[] {
	if (!colleague || colleague.userType === 'owner') return [];
	if (colleague.isAdmin) return [{ kind: 'admin', scopes: [] }];
	const all = named(colleague.scopes);
	if (held === 'all') return all.length > 0 ? [{ kind: 'scopes', scopes: all }] : [];
	return [[], ...present, all]
		.map((had) => all.filter((scope) => held.includes(scope) || had.includes(scope)))
		.filter((scopes) => scopes.length > 0)
		.map((scopes) => ({ kind: 'scopes', scopes }));
}

/** What somebody had in each of these moments, as a teammate and by all invitations together. */
const presentIn = (moments: readonly Moment[], person: string | undefined): string[][] =>
	moments.flatMap(({ teammates, invitations }) =>
		[teammates, invitations].map((records) =>
			records.flatMap(({ email, scopes }) => (lower(email) === person ? scopes : [])),
		),
	);

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
	{ person, from, to }: { person: string | undefined; from: number; to: number },
): Ask[] {
	const { access, account } = ask;
	if (access?.kind !== 'teammate') return [ask];
	const moments = momentsOf(history, account, from, to);
	const present = presentIn(moments, person);
	const found = moments.flatMap((moment) =>
		accessesLike(colleagueIn(moment, access), key, present),
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
