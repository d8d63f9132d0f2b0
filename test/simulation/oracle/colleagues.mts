import type { History } from '../play.mts';
import type { Access, Ask, KeyPlan } from '../script.mts';
import { lower, type Moment, type TrueTeammate } from '../truth.mts';
import { hasExactly, named } from './access.mts';
import type { Answer } from './answers.mts';

/** The teammate whom "Same as Teammate" names, if there is exactly one. */
export function colleagueIn({ teammates }: Moment, { sameAs }: Access): TrueTeammate | undefined {
	const found = teammates.filter(({ email, username }) =>
		sameAs?.by === 'email' ? lower(email) === lower(sameAs.value) : username === sameAs?.value,
	);
	return found.length === 1 ? found[0] : undefined;
}

/**
 * What of the colleague's access a key can give; none: there is nothing to give or take away.
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

/** What a person had at each of these moments, as a teammate and from all invitations together. */
const presentIn = (moments: readonly Moment[], person: string | undefined): string[][] =>
	moments.flatMap(({ teammates, invitations }) =>
		[teammates, invitations].map((records) =>
			records.flatMap(({ email, scopes }) => (lower(email) === person ? scopes : [])),
		),
	);

const momentsOf = ({ truth, script }: History, account: string, from: number, to: number) =>
	truth.between(account, from - (script.behaviours.readLagMs ?? 0), to);

interface During {
	person: string | undefined;
	from: number;
	to: number;
	/** What the other items of the run ask for. */
	others: readonly Ask[];
}

/**
 * An item's wish in terms of scopes: "Same as Teammate" means what the colleague had at some moment while the item
 * was being answered, or would have had if the run were not a dry one. Any other wish means itself.
 */
export function meaningsOf(
	history: History,
	ask: Ask,
	key: KeyPlan,
	{ person, from, to, others }: During,
): Ask[] {
	const { access, account } = ask;
	if (access?.kind !== 'teammate') return [ask];
	const moments = momentsOf(history, account, from, to);
	const present = presentIn(moments, person);
	const found = moments.flatMap((moment) =>
		accessesLike(colleagueIn(moment, access), key, present),
	);
	const colleagues = new Set(
		moments.map((moment) => lower(colleagueIn(moment, access)?.email ?? '')),
	);
	const isOfColleague = ({ email = '' }: Ask) => email !== '' && colleagues.has(lower(email));
	// A list gives the colleague their own access first.
	const isDryList = ask.operation === 'teammate.sync' && ask.dryRun;
	const rest = others.filter((one) => !isOfColleague(one));
	for (const other of isDryList ? others.filter(isOfColleague) : []) {
		const during = { person: lower(other.email ?? ''), from, to, others: rest };
		found.push(...meaningsOf(history, other, key, during).flatMap((one) => one.access ?? []));
	}
	const distinct = new Map(found.map((one) => [JSON.stringify(one), one]));
	return [...distinct.values()].map((one) => ({ ...ask, access: one }));
}

/** Whether there was a moment at which the colleague's access could not be given, according to the item. */
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

/**
 * What is wrong in the end with somebody on a list who should have the same access as a colleague, if nothing else
 * happens and the colleague is still there: the list may have changed the colleague in the same run.
 */
export function unlikeColleague(
	history: History,
	{ ask, key, person }: Answer,
): string | undefined {
	const { access, account } = ask;
	if (access?.kind !== 'teammate') return undefined;
	const latest = history.truth.latest(account);
	const colleague = colleagueIn(latest, access);
	const held = [...latest.teammates, ...latest.invitations].filter(
		({ email }) => lower(email) === person,
	);
	const present = presentIn(momentsOf(history, account, 0, Infinity), person);
	const wanted = accessesLike(colleague, key, present);
	if (!colleague || held.some((one) => wanted.some((like) => hasExactly(one, like))))
		return undefined;
	return `${person} has other access than ${colleague.email}, who has ${colleague.scopes.join()}`;
}
