import type { OperationContext } from '../../execution/operation';
import { listFields, readLimit } from '../../parameters/list';
import { accessRequests } from '../../sendgrid/accessRequests';
import { list } from '../../transport/pagination';

export const getAllFields = [...listFields];

/** `GET /v3/scopes/requests` */
export async function getAllAccessRequests({ item, account }: OperationContext) {
	const limit = readLimit(item);
	await account.waitForLists();
	return await list(
		account.client,
		accessRequests({ failureMessage: 'The access requests could not be read' }),
		limit,
	);
}
