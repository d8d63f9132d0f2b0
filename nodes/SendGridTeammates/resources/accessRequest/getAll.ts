import type { OperationContext } from '../../execution/executeItem';
import { listFields, readLimit } from '../../parameters/list';
import { accessRequests } from '../../sendgrid/directory';
import { list } from '../../transport/pagination';

export const getAllFields = [...listFields];

/** `GET /v3/scopes/requests` */
export async function getAllAccessRequests({ item, client }: OperationContext) {
	const endpoint = accessRequests('The access requests could not be read');
	return await list(client, endpoint, readLimit(item));
}
