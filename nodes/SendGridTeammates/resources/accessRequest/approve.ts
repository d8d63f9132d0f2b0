import type { OperationContext } from '../../execution/operation';
import { withPersonLock } from '../../execution/runExclusive';
import { readRequestId, requestIdField, requestIdOutput } from '../../parameters/requestId';
import { answerRequest } from '../../sendgrid/accessRequests';
import { changeOf } from '../../transport/errors';
import { toSingleLine } from '../../transport/sanitize';

export const approveFields = [requestIdField];

/** `PATCH /v3/scopes/requests/{request_id}/approve`, which answers with the name of the feature. */
export async function approve(context: OperationContext) {
	const id = readRequestId(context.item);
	const field = requestIdField.displayName;
	const wording = changeOf(`The access request '${toSingleLine(id)}'`, 'approved');
	return await withPersonLock(context, `request ${id}`, wording, async () => {
		const answer = await answerRequest(context.account, 'approve', { id, field, wording });
		return [{ approved: true, request_id: requestIdOutput(id), ...answer }];
	});
}
