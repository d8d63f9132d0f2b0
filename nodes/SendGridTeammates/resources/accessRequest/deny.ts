import type { OperationContext } from '../../execution/executeItem';
import { actOnRequest, requestIdField } from './request';

export const denyFields = [requestIdField];

/** `DELETE /v3/scopes/requests/{request_id}`, which answers nothing. */
export async function deny(context: OperationContext) {
	const { id } = await actOnRequest(context, 'denied');
	return [{ denied: true, request_id: id }];
}
