import type { Delivery } from '../../execution/executeItem';
import { actOnRequest, requestIdField } from './request';

export const denyFields = [requestIdField];

/** `DELETE /v3/scopes/requests/{request_id}`, which answers nothing. */
export async function deny(delivery: Delivery) {
	const { id } = await actOnRequest(delivery, 'denied');
	return [{ denied: true, request_id: id }];
}
