import type { Rest } from './rest.mts';

/** A data table of n8n. */
export interface AuditTable {
	id: string;
	/** In order of arrival. */
	rows(): Promise<Array<Record<string, string>>>;
}

const NAME = 'SendGrid audit';
const COLUMNS = ['at', 'email', 'outcome', 'reason', 'execution'];

/** Creates the data table that an example writes to. */
export async function auditTable(rest: Rest): Promise<AuditTable> {
	const { id: project } = await rest.get<{ id: string }>('/projects/personal');
	const tables = `/projects/${project}/data-tables`;
	const columns = COLUMNS.map((name) => ({ name, type: 'string' }));
	const { id } = await rest.post<{ id: string }>(tables, { name: NAME, columns });
	return {
		id,
		async rows() {
			const path = `${tables}/${id}/rows?take=250&sortBy=id:asc`;
			return (await rest.get<{ data: Array<Record<string, string>> }>(path)).data;
		},
	};
}
