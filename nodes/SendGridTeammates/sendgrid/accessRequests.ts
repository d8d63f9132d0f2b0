import type { IDataObject } from 'n8n-workflow';

import { bodyOf } from '../transport/client';
import { decodeAnswer, decodeList } from '../transport/decode';
import { SendGridError, unnamedError, type Wording } from '../transport/errors';
import type { ListEndpoint } from '../transport/pagination';
import type { WriteState } from '../transport/reconcile';
import { textOf } from '../transport/sanitize';
import { usernameLock, type Account } from './account';
import { findInList } from './person';

const REMOVED =
	'SendGrid removed access requests from its public API in January 2026, and this account no longer has them.';

/**
 * `GET /v3/scopes/requests`: who asked for access to what. Documented: a bare array, 50 at a time unless asked for
 * more.
 *
 * @param alternative what to do if the account no longer has them
 */
export const accessRequests = (
	wording: Wording,
	alternative = 'Teammates can still be given scopes with Teammate > Update Permissions.',
): ListEndpoint<IDataObject> => ({
	method: 'GET',
	path: '/v3/scopes/requests',
	decode: decodeList,
	identify: ({ id }) => textOf(id),
	context: { ...wording, scope: 'teammates.read', on404: `${REMOVED} ${alternative}` },
});

/** An access request to be answered. */
export interface NamedRequest {
	id: string;
	/** Display name of the field that names it. */
	field: string;
	wording: Wording;
}

const CALLS = {
	/** Answers with the name of the feature. */
	approve: {
		method: 'PATCH',
		path: '/v3/scopes/requests/{request_id}/approve',
		decode: decodeAnswer('scope_group_name'),
	},
	/** Answers nothing. */
	deny: { method: 'DELETE', path: '/v3/scopes/requests/{request_id}', decode: decodeAnswer() },
} as const;

/**
 * An open access request, as the list has it. Once answered, it can't be distinguished from one that never existed.
 *
 * @throws SendGridError if there is none
 */
export async function findRequest(
	account: Account,
	{ id, wording }: NamedRequest,
): Promise<IDataObject> {
	const { items } = await findInList(account, accessRequests(wording), (all) =>
		all.filter((open) => ['', id].includes(textOf(open.id))),
	);
	const request = items.find((open) => textOf(open.id) === id);
	if (request) return request;
	// One without an ID may be this one.
	if (items.length > 0) throw unnamedError('ID of a request', wording);
	throw new SendGridError(
		`${wording.failureMessage}: there is no open request with this ID`,
		'It was already approved or denied, or never existed. Access Request > Get Many lists the open ones.',
	);
}

/**
 * Approves or denies an open access request, and finds out the outcome. The result can't be read back: the scopes of a
 * feature are unknown.
 *
 * @param request as `findRequest` gives it
 * @returns SendGrid's answer
 * @throws RequestError
 */
export async function answerRequest(
	account: Account,
	answer: keyof typeof CALLS,
	{ id, field, wording }: NamedRequest,
	request: IDataObject,
): Promise<IDataObject> {
	const group = textOf(request.scope_group_name);
	const username = textOf(request.username).trim();

	/** Whether it is still open. If it is gone, somebody else may have approved or denied it. */
	async function probe(): Promise<WriteState<IDataObject>> {
		const { value } = await account.readFresh(accessRequests(wording));
		return value.items.some((open) => textOf(open.id) === id) ? 'notApplied' : 'unknown';
	}

	const outcome = await account.write({
		...CALLS[answer],
		isAbout: ({ scope_group_name: name }) =>
			!name || !group || textOf(name).toLowerCase() === group.toLowerCase(),
		values: { request_id: { value: id, field } },
		context: {
			...wording,
			scope: 'teammates.update',
			on404: 'It has been approved or denied in the meantime.',
		},
		probe,
		about: () => [textOf(request.email), username && usernameLock(username)],
	});
	return bodyOf(outcome);
}
