import type { Delivery } from '../../execution/executeItem';
import { listFields, readLimit } from '../../parameters/list';
import { accessRequests } from '../../sendgrid/directory';
import { firstRecords } from '../../transport/pagination';

export const getAllFields = [...listFields];

/** `GET /v3/scopes/requests` */
export async function getAllAccessRequests({ item, client }: Delivery) {
	const list = accessRequests('The access requests could not be read');
	return await firstRecords(client, list, readLimit(item));
}
