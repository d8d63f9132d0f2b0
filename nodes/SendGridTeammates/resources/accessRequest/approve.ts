import type { OperationContext } from '../../execution/executeItem';
import { actOnRequest, requestIdField } from './request';

export const approveFields = [requestIdField];

/** `PATCH /v3/scopes/requests/{request_id}/approve`, which answers with the name of the feature. */
export async function approve(context: OperationContext) {
	const { id, answer } = await actOnRequest(context, 'approved');
	return [{ approved: true, request_id: id, ...answer }];
}
