import type { IDataObject, IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import { accessRequests } from '../../sendgrid/directory';
import { SendGridError } from '../../transport/errors';
import { sendReconciled, type WriteState } from '../../transport/reconcile';
import { toSingleLine, textOf } from '../../transport/sanitize';

const FIELD = 'Request ID';

export const requestIdField: INodeProperties = {
	displayName: FIELD,
	name: 'requestId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. 4711',
	description: "The access request's ID, as Get Many gives it",
};

function readRequestId(item: IExecuteSingleFunctions): string {
	const value: unknown = item.getNodeParameter('requestId', '');
	if (typeof value === 'number' || typeof value === 'string') return String(value).trim();
	throw new SendGridError(`'${FIELD}' is no ID`, `Fill in '${FIELD}' with what Get Many gives.`);
}

/**
 * Carries out the operation's request on the access request that the item names.
 *
 * @param done `approved`, for the message where it is not
 * @returns its ID, a number where it is one, and SendGrid's answer
 */
export async function actOnRequest(
	{ item, request, client, directory }: OperationContext,
	done: string,
): Promise<{ id: number | string; answer: IDataObject }> {
	const id = readRequestId(item);
	const failureMessage = `The access request '${toSingleLine(id)}' was not ${done}`;

	/** Whether it is settled: then it is in the list no more. */
	async function look(): Promise<WriteState<IDataObject>> {
		const open = await directory.findAnew(
			accessRequests(failureMessage),
			(other) => textOf(other.id) === id,
		);
		return open ? 'not done' : { done: {} };
	}

	const answer = await sendReconciled<IDataObject>(
		client,
		{
			...request,
			values: { request_id: { value: id, field: FIELD } },
			context: {
				failureMessage,
				scope: 'teammates.update',
				on404:
					'It has been approved or denied already, or SendGrid offers access requests no more: it took them out of its public API in January 2026.',
			},
		},
		look,
	);
	return { id: /^\d+$/.test(id) ? Number(id) : id, answer };
}
