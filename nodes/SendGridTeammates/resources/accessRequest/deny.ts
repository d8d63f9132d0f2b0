import type { OperationContext } from '../../execution/operation';
import { withPersonLock } from '../../execution/runExclusive';
import { oncePerRun } from '../../execution/runMemory';
import { readRequestId, requestIdField, requestIdOutput } from '../../parameters/requestId';
import { requestLock } from '../../sendgrid/account';
import { answerRequest, findRequest } from '../../sendgrid/accessRequests';
import { changeOf } from '../../transport/errors';
import { toSingleLine } from '../../transport/sanitize';

export const denyFields = [requestIdField];

/** `DELETE /v3/scopes/requests/{request_id}`, whose response is empty. */
export async function deny(context: OperationContext) {
	const id = readRequestId(context.item);
	const field = requestIdField.displayName;
	const wording = changeOf(`The access request '${toSingleLine(id)}'`, 'denied');
	const named = { id, field, wording };
	const name = requestLock(id);
	const work = async () => {
		const request = await findRequest(context.account, named);
		await answerRequest(context.account, 'deny', named, request);
		return [{ denied: true, request_id: requestIdOutput(id) }];
	};
	return await withPersonLock(
		context,
		name,
		wording,
		async () => await oncePerRun(context, name, 'deny', work),
		{ name, wish: 'deny' },
	);
}
