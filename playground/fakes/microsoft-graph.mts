import type { FastifyInstance, FastifyReply } from 'fastify';

import { Service } from './service.mts';

/** An account of the directory. */
export interface DirectoryUser {
	displayName: string;
	/** Documented: null without a mailbox. */
	mail: string | null;
	userPrincipalName: string;
	/** Documented: null if the app may not read users. */
	accountEnabled: boolean | null;
}

const TOKEN = 'graph-token-of-the-playground';
const URL_OF_GRAPH = 'https://graph.microsoft.com';

/** Smaller than Graph's, so that a few members make several pages. */
const PAGE = 2;

const idOf = (prefix: string, place: number) =>
	`${prefix}-8f93-4758-87c3-${String(place).padStart(12, '0')}`;

const GROUP = '02bd9fd6';
const USER = '4562bcc8';
const NESTED_GROUP = { '@odata.type': '#microsoft.graph.group', id: idOf(GROUP, 999) };

/**
 * Microsoft Graph: the groups of a Microsoft Entra ID, each with all its members, directly or through another
 * group.
 */
export class MicrosoftGraph extends Service {
	readonly hosts = ['graph.microsoft.com'];

	/** As it is after somebody has signed in. */
	readonly credential = {
		name: 'Microsoft Entra ID account',
		type: 'microsoftEntraOAuth2Api',
		data: {
			clientId: 'playground',
			clientSecret: 'playground',
			graphApiBaseUrl: URL_OF_GRAPH,
			oauthTokenData: { access_token: TOKEN, token_type: 'Bearer' },
		},
	};

	/** Name of a group -> its members. */
	groups: Record<string, DirectoryUser[]> = {};

	reset(): void {
		this.groups = {};
	}

	protected addRoutes(app: FastifyInstance): void {
		const refuse = async (reply: FastifyReply, status: number, code: string) =>
			await reply.code(status).send({ error: { code, message: `${code} in the stand-in` } });

		app.addHook('onRequest', async ({ headers }, reply) => {
			if (headers.authorization === `Bearer ${TOKEN}`) return;
			await refuse(reply, 401, 'InvalidAuthenticationToken');
		});

		app.get<{ Querystring: { $filter?: string } }>('/v1.0/groups', async ({ query }, reply) => {
			const [, start] = /^startswith\(displayName, ?'([^']*)'\)$/.exec(query.$filter ?? '') ?? [];
			if (start === undefined) return await refuse(reply, 400, 'Request_UnsupportedQuery');
			return {
				value: Object.keys(this.groups)
					.map((displayName, place) => ({ id: idOf(GROUP, place), displayName }))
					.filter(({ displayName }) => displayName.startsWith(start)),
			};
		});

		app.get<{ Params: { id: string }; Querystring: { $select?: string; $skiptoken?: string } }>(
			'/v1.0/groups/:id/transitiveMembers',
			async ({ params, query }, reply) => {
				const members = Object.values(this.groups).find(
					(_, place) => idOf(GROUP, place) === params.id,
				);
				if (!members) return await refuse(reply, 404, 'Request_ResourceNotFound');
				const selected = query.$select?.split(',') ?? [];
				const records = members.map((member, place) => ({
					'@odata.type': '#microsoft.graph.user',
					id: idOf(USER, place),
					// Documented: not returned by default.
					...Object.fromEntries(Object.entries(member).filter(([name]) => selected.includes(name))),
				}));
				const all = [NESTED_GROUP, ...records];
				const start = Number(query.$skiptoken ?? 0);
				const next = new URLSearchParams({ ...query, $skiptoken: String(start + PAGE) });
				return {
					...(start + PAGE < all.length && {
						'@odata.nextLink': `${URL_OF_GRAPH}/v1.0/groups/${params.id}/transitiveMembers?${next}`,
					}),
					value: all.slice(start, start + PAGE),
				};
			},
		);
	}
}
