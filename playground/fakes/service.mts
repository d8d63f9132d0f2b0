import type { FastifyInstance } from 'fastify';

import { createListener, type Listener, type Tls } from '../../sandbox/listener.mts';
import type { Credential } from '../n8n/workflow.mts';

/** A stand-in for another service, as far as the example workflows use it. */
export abstract class Service {
	/** The real host names, where n8n's node looks for it. */
	abstract readonly hosts: readonly string[];

	/** A credential that it accepts. */
	abstract readonly credential: Omit<Credential, 'id'>;

	private listener: Listener | undefined;

	/** Resets it: forgets everything. */
	abstract reset(): void;

	protected abstract addRoutes(app: FastifyInstance): void;

	/** @returns its address on this machine */
	async listen(tls: Tls): Promise<string> {
		const { app, listen } = createListener({}, tls);
		this.addRoutes(app);
		this.listener = await listen(0);
		return this.listener.url;
	}

	async close(): Promise<void> {
		await this.listener?.close();
	}
}
