import type { FastifyError, FastifyInstance } from 'fastify';

import { schemas } from './control-schemas.mts';
import type { FaultRule } from './faults.mts';
import { createListener } from './listener.mts';
import type { RateLimitRule } from './rate-limits.mts';
import { seedDefault } from './seed.mts';
import { changeUnknowns, UNKNOWN_CANDIDATES } from './unknowns.mts';
import type {
	NewAccessRequest,
	NewAccount,
	NewInvitation,
	NewKey,
	NewSubuser,
	NewTeammate,
	World,
} from './world.mts';

type Many<New> = Omit<New, 'email' | 'username' | 'token'> & { count: number };

/**
 * The control endpoint: the world, for processes that do not hold it. Every route is in README.md.
 * A mistake is answered with its status and `{ error }`.
 */
export function createControl(world: World) {
	const { app, listen } = createListener({
		// Say what is wrong instead of bending it into shape.
		ajv: {
			customOptions: {
				coerceTypes: false,
				removeAdditional: false,
				discriminator: true,
				allowUnionTypes: true,
			},
		},
	});
	app.setErrorHandler<FastifyError>((error, _request, reply) =>
		// The world's own complaints (no such account …) carry no status.
		reply.code(error.statusCode ?? 400).send({ error: error.message }),
	);
	app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'no such route' }));
	addWorldRoutes(app, world);
	addFaultRoutes(app, world);
	addPeopleRoutes(app, world);
	return { listen };
}

function addWorldRoutes(app: FastifyInstance, world: World): void {
	app.post<{ Body?: { seed?: 'default' | 'empty' } }>(
		'/reset',
		{ schema: { body: { anyOf: [schemas.reset, { type: 'null' }] } } },
		({ body }) => {
			world.reset();
			return { keys: body?.seed === 'empty' ? {} : seedDefault(world) };
		},
	);
	app.get('/state', () => stateOf(world));

	app.get('/ledger', () => world.ledger);
	app.get('/requests', () => world.requests);
	app.delete('/requests', (_request, reply) => {
		world.requests.length = 0;
		return reply.code(204).send();
	});

	app.post<{ Body: { advanceSeconds: number } }>(
		'/clock',
		{ schema: { body: schemas.clock } },
		({ body }) => {
			world.advance(body.advanceSeconds);
			return { now: world.now() };
		},
	);

	app.post<{ Body: RateLimitRule }>(
		'/rate-limit',
		{ schema: { body: schemas.rateLimit } },
		({ body }) => {
			world.rateLimits.set(body);
			return world.rateLimits.rule;
		},
	);

	app.get('/unknowns', () => ({ current: world.unknowns, candidates: UNKNOWN_CANDIDATES }));
	app.patch<{ Body: Record<string, unknown> }>(
		'/unknowns',
		{ schema: { body: schemas.unknowns } },
		({ body }) => {
			changeUnknowns(world.unknowns, body);
			return world.unknowns;
		},
	);
}

function addFaultRoutes(app: FastifyInstance, world: World): void {
	app.get('/faults', () => world.faults.list());
	app.post<{ Body: Omit<FaultRule, 'times'> & { times?: number | null } }>(
		'/faults',
		{ schema: { body: schemas.fault } },
		({ body }, reply) => {
			// JSON has no Infinity.
			const times = body.times === null ? Infinity : body.times;
			return reply.code(201).send({ id: world.faults.add({ ...body, times }) });
		},
	);
	app.delete('/faults', (_request, reply) => {
		world.faults.clear();
		return reply.code(204).send();
	});
	app.delete<{ Params: { id: string } }>('/faults/:id', ({ params }, reply) =>
		world.faults.remove(Number(params.id))
			? reply.code(204).send()
			: reply.code(404).send({ error: 'no such fault' }),
	);
}

function addPeopleRoutes(app: FastifyInstance, world: World): void {
	app.post<{ Body: { email: string; username?: string; account?: string } }>(
		'/accept',
		{ schema: { body: schemas.accept } },
		({ body }) => world.accept(body.email, body),
	);
	app.post<{ Body: { email: string; account?: string } }>(
		'/expire',
		{ schema: { body: schemas.expire } },
		({ body }) => world.expire(body.email, body),
	);
	app.post<{ Body: NewAccount }>(
		'/accounts',
		{ schema: { body: schemas.account } },
		({ body }, reply) => reply.code(201).send(world.addAccount(body)),
	);
	app.post<{ Body: NewSubuser }>(
		'/subusers',
		{ schema: { body: schemas.subuser } },
		({ body }, reply) => reply.code(201).send(world.addSubuser(body)),
	);
	app.post<{ Body: NewKey }>('/keys', { schema: { body: schemas.key } }, ({ body }, reply) =>
		reply.code(201).send({ key: world.addKey(body) }),
	);
	app.post<{ Body: NewTeammate }>(
		'/teammates',
		{ schema: { body: schemas.teammate } },
		({ body }, reply) => reply.code(201).send(world.addTeammate(body)),
	);
	app.post<{ Body: Many<NewTeammate> }>(
		'/teammates/many',
		{ schema: { body: schemas.teammates } },
		({ body: { count, ...like } }, reply) => {
			world.addManyTeammates(count, like);
			return reply.code(201).send({ added: count });
		},
	);
	app.post<{ Body: NewInvitation }>(
		'/pending',
		{ schema: { body: schemas.pending } },
		({ body }, reply) => reply.code(201).send(world.addPending(body)),
	);
	app.post<{ Body: Many<NewInvitation> }>(
		'/pending/many',
		{ schema: { body: schemas.pendings } },
		({ body: { count, ...like } }, reply) => {
			world.addManyPending(count, like);
			return reply.code(201).send({ added: count });
		},
	);
	app.post<{ Body: NewAccessRequest }>(
		'/access-requests',
		{ schema: { body: schemas.accessRequest } },
		({ body }, reply) => reply.code(201).send(world.addAccessRequest(body)),
	);
}

/** All but the keys themselves. */
function stateOf(world: World) {
	return {
		now: world.now(),
		accounts: [...world.accounts.values()],
		keys: [...world.keys.values()],
		rateLimit: world.rateLimits.rule,
		unknowns: world.unknowns,
		faults: world.faults.list(),
	};
}
