import { Ajv } from 'ajv';
import type { FastifyError, FastifyInstance, FastifySchemaCompiler } from 'fastify';

import { schemas } from './control-schemas.mts';
import type { FaultRule } from './faults.mts';
import { createListener } from './listener.mts';
import type { RateLimitRule } from './rate-limits.mts';
import { seedDefault } from './seed.mts';
import { changeBehaviours, BEHAVIOUR_CANDIDATES } from './behaviours.mts';
import type {
	NewAccessRequest,
	NewAccount,
	NewInvitation,
	NewKey,
	NewSubuser,
	NewTeammate,
	SandboxState,
} from './state.mts';

type Many<New> = Omit<New, 'email' | 'username' | 'token'> & { count: number };

/** Reports what is wrong instead of coercing it. */
const ajv = new Ajv({ discriminator: true, allowUnionTypes: true });

/** Not for each sandbox: most are never controlled from outside, and this takes longer than all else about them. */
const compileWhenNeeded: FastifySchemaCompiler<object> = ({ schema }) => {
	const validate: ReturnType<typeof compileWhenNeeded> = (data: unknown) => {
		const compiled = ajv.compile(schema);
		const isValid = compiled(data);
		validate.errors = compiled.errors;
		return isValid;
	};
	return validate;
};

/**
 * The control endpoint: the state, for processes that do not hold it. Every route is in README.md.
 * A mistake is answered with its status and `{ error }`.
 */
export function createControl(state: SandboxState) {
	const { app, listen } = createListener({});
	app.setValidatorCompiler(compileWhenNeeded);
	app.setErrorHandler<FastifyError>((error, _request, reply) =>
		// The state's own complaints (no such account …) carry no status.
		reply.code(error.statusCode ?? 400).send({ error: error.message }),
	);
	app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'no such route' }));
	addStateRoutes(app, state);
	addFaultRoutes(app, state);
	addPeopleRoutes(app, state);
	return { listen };
}

function addStateRoutes(app: FastifyInstance, state: SandboxState): void {
	app.post<{ Body?: { seed?: 'default' | 'empty' } }>(
		'/reset',
		{ schema: { body: { anyOf: [schemas.reset, { type: 'null' }] } } },
		({ body }) => {
			state.reset();
			return { keys: body?.seed === 'empty' ? {} : seedDefault(state) };
		},
	);
	app.get('/state', () => stateOf(state));

	app.get('/sent-emails', () => state.sentEmails);
	app.get('/requests', () => state.requests);
	app.delete('/requests', (_request, reply) => {
		state.requests.length = 0;
		return reply.code(204).send();
	});

	app.post<{ Body: { advanceSeconds: number } }>(
		'/clock',
		{ schema: { body: schemas.clock } },
		({ body }) => {
			state.advance(body.advanceSeconds);
			return { now: state.now() };
		},
	);

	app.post<{ Body: RateLimitRule }>(
		'/rate-limit',
		{ schema: { body: schemas.rateLimit } },
		({ body }) => {
			state.rateLimits.set(body);
			return state.rateLimits.rule;
		},
	);

	app.get('/behaviours', () => ({ current: state.behaviours, candidates: BEHAVIOUR_CANDIDATES }));
	app.patch<{ Body: Record<string, unknown> }>(
		'/behaviours',
		{ schema: { body: schemas.behaviours } },
		({ body }) => {
			changeBehaviours(state.behaviours, body);
			return state.behaviours;
		},
	);
}

function addFaultRoutes(app: FastifyInstance, state: SandboxState): void {
	app.get('/faults', () => state.faults.list());
	app.post<{ Body: Omit<FaultRule, 'times'> & { times?: number | null } }>(
		'/faults',
		{ schema: { body: schemas.fault } },
		({ body }, reply) => {
			// JSON has no Infinity.
			const times = body.times === null ? Infinity : body.times;
			return reply.code(201).send({ id: state.faults.add({ ...body, times }) });
		},
	);
	app.delete('/faults', (_request, reply) => {
		state.faults.clear();
		return reply.code(204).send();
	});
	app.delete<{ Params: { id: string } }>('/faults/:id', ({ params }, reply) =>
		state.faults.remove(Number(params.id))
			? reply.code(204).send()
			: reply.code(404).send({ error: 'no such fault' }),
	);
}

function addPeopleRoutes(app: FastifyInstance, state: SandboxState): void {
	app.post<{ Body: { email: string; username?: string; account?: string } }>(
		'/accept',
		{ schema: { body: schemas.accept } },
		({ body }) => state.accept(body.email, body),
	);
	app.post<{ Body: { email: string; account?: string } }>(
		'/expire',
		{ schema: { body: schemas.expire } },
		({ body }) => state.expire(body.email, body),
	);
	app.post<{ Body: NewAccount }>(
		'/accounts',
		{ schema: { body: schemas.account } },
		({ body }, reply) => reply.code(201).send(state.addAccount(body)),
	);
	app.post<{ Body: NewSubuser }>(
		'/subusers',
		{ schema: { body: schemas.subuser } },
		({ body }, reply) => reply.code(201).send(state.addSubuser(body)),
	);
	app.post<{ Body: NewKey }>('/keys', { schema: { body: schemas.key } }, ({ body }, reply) =>
		reply.code(201).send({ key: state.addKey(body) }),
	);
	app.post<{ Body: NewTeammate }>(
		'/teammates',
		{ schema: { body: schemas.teammate } },
		({ body }, reply) => reply.code(201).send(state.addTeammate(body)),
	);
	app.post<{ Body: Many<NewTeammate> }>(
		'/teammates/many',
		{ schema: { body: schemas.teammates } },
		({ body: { count, ...like } }, reply) => {
			state.addManyTeammates(count, like);
			return reply.code(201).send({ added: count });
		},
	);
	app.post<{ Body: NewInvitation }>(
		'/pending',
		{ schema: { body: schemas.pending } },
		({ body }, reply) => reply.code(201).send(state.addPending(body)),
	);
	app.post<{ Body: Many<NewInvitation> }>(
		'/pending/many',
		{ schema: { body: schemas.pendings } },
		({ body: { count, ...like } }, reply) => {
			state.addManyPending(count, like);
			return reply.code(201).send({ added: count });
		},
	);
	app.post<{ Body: NewAccessRequest }>(
		'/access-requests',
		{ schema: { body: schemas.accessRequest } },
		({ body }, reply) => reply.code(201).send(state.addAccessRequest(body)),
	);
}

/** Everything except the keys themselves. */
function stateOf(state: SandboxState) {
	return {
		now: state.now(),
		accounts: [...state.accounts.values()],
		keys: [...state.keys.values()],
		rateLimit: state.rateLimits.rule,
		behaviours: state.behaviours,
		faults: state.faults.list(),
	};
}
