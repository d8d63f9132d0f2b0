import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { RequestError } from '../transport/errors';
import { SingleFlight, type Tick } from '../transport/singleFlight';

/** What was done about a person: what was wanted, and what came of it. */
export interface Handled {
	wish: string;
	records?: IDataObject[];
	/** It is unknown whether it was done: nothing more may be sent for it. */
	unclear?: RequestError;
}

/** What the items of one run share, over all tries that n8n makes of it. */
export class RunMemory {
	readonly readings = new SingleFlight();

	/** By person. */
	readonly handledPeople = new Map<string, Handled[]>();

	/** When something was last done about a person in this run: what was read before is out of date. */
	readonly lastWriteAt = new Map<string, Tick>();

	/**
	 * What came of each item that succeeded. When n8n tries a run again because one item failed, the others
	 * are answered from here: nothing is sent twice.
	 */
	readonly results = new Map<number, INodeExecutionData[]>();

	/** Items of which nobody knows whether they were carried out. A later try repeats that and sends nothing. */
	readonly unclear = new Map<number, RequestError>();

	/** People whose invitation was revoked for a new one that has not been sent yet. */
	readonly revokedPeople = new Set<string>();

	/** The items for which something was sent that changes SendGrid's data. */
	readonly sent = new Set<number>();
}

/** How long an agent is told again that something is unclear, in milliseconds. */
const AGENT_MEMORY_MS = 5 * 60_000;

/** Each call of an agent is a run of its own. This is what its calls share. */
const unclearForAgents = new Map<string, { error: RequestError; until: number }>();

export function rememberForAgents(key: string, error: RequestError): void {
	const now = Date.now();
	for (const [other, { until }] of unclearForAgents) {
		if (until < now) unclearForAgents.delete(other);
	}
	unclearForAgents.set(key, { error, until: now + AGENT_MEMORY_MS });
}

export function unclearForAgent(key: string): RequestError | undefined {
	const known = unclearForAgents.get(key);
	return known && known.until >= Date.now() ? known.error : undefined;
}
