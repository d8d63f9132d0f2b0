import type { FastifyInstance } from 'fastify';

import { Service } from '../../playground/fakes/service.mts';

/** Somebody else's host, to which nobody is to send an API key. */
export class EvilHost extends Service {
	readonly hosts = ['evil.example'];

	readonly credential = { name: 'None', type: 'none', data: {} };

	/** The headers of all that has come. */
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
