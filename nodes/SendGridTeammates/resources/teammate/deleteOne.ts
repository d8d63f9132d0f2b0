import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import type { Call, Outcome } from '../../transport/client';
import { SendGridError } from '../../transport/errors';
import { reconcile, type WriteState } from '../../transport/reconcile';
import { NO_SUCH_USERNAME, readTeammateRecord } from './locate';

/** A teammate to be deleted. */
export interface LeavingTeammate {
	username: string;
	/** Display name of the field that names the person, for messages. */
	field: string;
	/** Start of the message where it does not happen. */
	failureMessage: string;
}

/** `DELETE /v3/teammates/{username}`, sent until it is known what became of it. Answers nothing. */
export async function deleteTeammate(
	context: OperationContext,
	request: Pick<Call, 'method' | 'path'>,
	{ username, field, failureMessage }: LeavingTeammate,
): Promise<Outcome<IDataObject>> {
	/** Whether the person is gone. */
	const look = async (): Promise<WriteState<IDataObject>> =>
		await readTeammateRecord(context, username, failureMessage).then(
			() => 'not done' as const,
			(thrown: unknown) =>
				thrown instanceof SendGridError && thrown.status === 404 ? { done: {} } : 'unknown',
		);

	return await reconcile(
		context.client,
		{
			...request,
			values: { username: { value: username, field } },
			context: { failureMessage, scope: 'teammates.delete', on404: NO_SUCH_USERNAME },
		},
		look,
	);
}
