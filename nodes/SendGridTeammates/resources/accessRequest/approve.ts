import type { OperationContext } from '../../execution/operation';
import { withPersonLock } from '../../execution/runExclusive';
import { oncePerRun } from '../../execution/runMemory';
import { readRequestId, requestIdField, requestIdOutput } from '../../parameters/requestId';
import { requestLock } from '../../sendgrid/account';
import { answerRequest, findRequest } from '../../sendgrid/accessRequests';
import { lockOf } from '../../sendgrid/person';
import { readAddress, withOwn } from '../../transport/decode';
import { changeOf } from '../../transport/errors';
import { textOf, toSingleLine } from '../../transport/sanitize';

export const approveFields = [requestIdField];

/** `PATCH /v3/scopes/requests/{request_id}/approve`, which answers with the name of the feature. */
export async function approve(context: OperationContext) {
	const id = readRequestId(context.item);
	const field = requestIdField.displayName;
	const wording = changeOf(`The access request '${toSingleLine(id)}'`, 'approved');
	const named = { id, field, wording };
	const name = requestLock(id);
	const work = async () => {
		// Approving gives access, so the credential's limits apply.
		const request = await findRequest(context.account, named);
		const email = readAddress(request.email);
		const username = textOf(request.username).trim();
		context.policy.checkEmail(email);
		context.policy.checkGroup(textOf(request.scope_group_name));
		const person =
			email || username ? await lockOf(context.account, { email, username }, wording) : name;
		return await withPersonLock(context, person, wording, async () => {
			const answer = await answerRequest(context.account, 'approve', named, request);
			return [withOwn({ approved: true, request_id: requestIdOutput(id) }, answer)];
		});
	};
	return await withPersonLock(
		context,
		name,
		wording,
		async () => await oncePerRun(context, name, 'approve', work),
		{ name, wish: 'approve' },
	);
}
