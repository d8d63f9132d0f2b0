import { createApi } from './api.mts';
import { createControl } from './control.mts';
import type { Listener, Tls } from './listener.mts';
import { SandboxState } from './state.mts';

export interface SandboxOptions {
	/** Default 0: any free port. All listen on 127.0.0.1. */
	ports?: { global?: number; eu?: number; control?: number };
	/** PEM; with it the two API hosts speak https. The control endpoint never does. */
	tls?: Tls;
	/** Added to each API answer. */
	latencyMs?: number;
}

export interface Sandbox {
	/** In place of https://api.sendgrid.com */
	globalUrl: string;
	/** In place of https://api.eu.sendgrid.com */
	euUrl: string;
	controlUrl: string;
	/** Empty at the start; seedDefault fills it. */
	state: SandboxState;
	/** Ends at once, whatever is in progress. */
	close(): Promise<void>;
}

/** Rejects, with nothing left listening, if a port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const { ports = {}, tls, latencyMs = 0 } = options;
	const state = new SandboxState();
	const closing = new AbortController();
	const { signal } = closing;
	const listeners: Listener[] = [];
	const close = async () => {
		closing.abort();
		await Promise.all(listeners.map((listener) => listener.close()));
	};
	const listening = async (listener: Promise<Listener>) => {
		const { url } = listeners[listeners.push(await listener) - 1];
		return url;
	};

	try {
		const global = createApi(state, { host: 'global', latencyMs, tls, signal });
		const eu = createApi(state, { host: 'eu', latencyMs, tls, signal });
		return {
			globalUrl: await listening(global.listen(ports.global ?? 0)),
			euUrl: await listening(eu.listen(ports.eu ?? 0)),
			controlUrl: await listening(createControl(state).listen(ports.control ?? 0)),
			state,
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}
