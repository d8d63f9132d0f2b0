/** A workflow as n8n exports and imports it. */
export interface Workflow {
	/** Needed by `n8n import:workflow`; the server chooses one if it is missing. */
	id?: string;
	name: string;
	nodes: WorkflowNode[];
	/**
	 * Node name -> "main", or how it belongs to an AI agent ("ai_tool", ...) -> output number -> the inputs it
	 * leads to.
	 */
	connections: Record<string, Record<string, Array<Array<Connection> | null>>>;
	settings?: Record<string, unknown>;
	active?: boolean;
	/** Node name -> what the node gives in the editor in place of running. */
	pinData?: Record<string, PinnedItem[]>;
}

export interface PinnedItem {
	json: Record<string, unknown>;
	/** Files by the name of their field, in Base64. */
	binary?: Record<string, { data: string; mimeType: string; fileName: string }>;
}

export interface WorkflowNode {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	/** Webhook nodes need one: without it n8n puts workflow id and node name before their path. */
	webhookId?: string;
	onError?: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';
	[key: string]: unknown;
}

export interface Connection {
	node: string;
	/** As above. */
	type: string;
	index: number;
}

/** A credential with its fields in plain text, as `n8n export:credentials --decrypted` writes it. */
export interface Credential {
	id: string;
	name: string;
	type: string;
	data: Record<string, unknown>;
}
