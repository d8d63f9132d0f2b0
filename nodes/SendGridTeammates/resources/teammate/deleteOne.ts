import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../execution/executeItem';
import type { Call, Outcome } from '../../transport/client';
import { SendGridFailure } from '../../transport/errors';
import { settle, type Finding } from '../../transport/reconcile';
import { NO_SUCH_USERNAME, readTeammateRecord } from './locate';

/** A teammate to be deleted. */
export interface LeavingTeammate {
	username: string;
	/** Display name of the field that names the person, for messages. */
	field: string;
	/** Start of the message where it does not happen. */
	unfulfilled: string;
}

/** `DELETE /v3/teammates/{username}`, sent until it is known what became of it. Answers nothing. */
export async function deleteOne(
	delivery: Delivery,
	request: Pick<Call, 'method' | 'path'>,
	{ username, field, unfulfilled }: LeavingTeammate,
): Promise<Outcome<IDataObject>> {
	/** Whether the person is gone. */
	const look = async (): Promise<Finding<IDataObject>> =>
		await readTeammateRecord(delivery, username, unfulfilled).then(
			() => 'not done' as const,
			(thrown: unknown) =>
				thrown instanceof SendGridFailure && thrown.status === 404 ? { done: {} } : 'unknown',
		);

	return await settle(
		delivery.client,
		{
			...request,
			values: { username: { value: username, field } },
			purpose: { unfulfilled, scope: 'teammates.delete', fixNotFound: NO_SUCH_USERNAME },
		},
		look,
	);
}
