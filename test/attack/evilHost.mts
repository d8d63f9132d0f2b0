import type { FastifyInstance } from 'fastify';

import { Service } from '../../playground/fakes/service.mts';

/** A foreign host, which must never get an API key. */
export class EvilHost extends Service {
	readonly hosts = ['evil.example'];

	readonly credential = { name: 'None', type: 'none', data: {} };

	/** The headers of all requests so far. */
	readonly headers: string[] = [];

	reset(): void {
		this.headers.length = 0;
	}

	protected addRoutes(app: FastifyInstance): void {
		app.all('*', async ({ headers }) => {
			this.headers.push(JSON.stringify(headers));
			return { ok: true };
		});
	}
}
