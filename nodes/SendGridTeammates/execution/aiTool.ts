import type { GenericValue, IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

import { isRecord } from '../transport/responseErrors';
import { cutToLine, flagOf, textOf, toSingleLine } from '../transport/sanitize';
import type { NodeError } from './nodeError';

/** n8n gives the copy of a node that an AI agent uses a type name with this ending. */
export const isAiTool = (item: IExecuteSingleFunctions) => item.getNode().type.endsWith('Tool');

/** Names are what strangers can choose themselves, instructions to the model included. In characters. */
const MAX_NAME_LENGTH = 100;

/** The value that the model sees for a field, or `undefined` if the field does not hold what it should. */
type Reader = (value: unknown) => GenericValue | GenericValue[] | IDataObject[] | undefined;

const fieldsOf = (readers: Record<string, Reader>): ReadonlyMap<string, Reader> =>
	new Map(Object.entries(readers));

const orNull =
	(read: Reader): Reader =>
	(value) =>
		value === null ? null : read(value);

const isText = (value: unknown) => typeof value === 'string' || typeof value === 'number';

const name: Reader = (value) =>
	isText(value) ? [...toSingleLine(textOf(value))].slice(0, MAX_NAME_LENGTH).join('') : undefined;

/** Documented: addresses have at most 255 characters. In characters. */
const MAX_TEXT_LENGTH = 255;

/** An address, a username or a word of ours: cut only if it is longer than any of these can be. */
const text: Reader = (value) =>
	isText(value) ? cutToLine(textOf(value), MAX_TEXT_LENGTH) : undefined;

const flag: Reader = (value) => flagOf(value);

const number: Reader = (value) => (typeof value === 'number' ? value : undefined);

const id: Reader = (value) => number(value) ?? text(value);

const listOf =
	(read: Reader): Reader =>
	(value) =>
		Array.isArray(value) ? value.filter(isText).map((entry) => read(entry) as string) : undefined;

const names = listOf(name);

const SUBUSER_FIELDS = fieldsOf({ username: text, permission_type: text, scopes: names });

const subuserAccess: Reader = (value) =>
	Array.isArray(value)
		? value.filter(isRecord).map((entry) => pick(entry, SUBUSER_FIELDS))
		: undefined;

/**
 * Everything an agent may see: who it is about, what they may do, and what was done. A field that is not here stays
 * with n8n: tokens of invitations, telephone numbers, postal addresses, and whatever SendGrid may add.
 */
const FIELDS = fieldsOf({
	// Who.
	email: text,
	username: orNull(text),
	usernames: listOf(text),
	teammate: text,
	first_name: name,
	last_name: name,
	// What the person may do.
	user_type: text,
	is_admin: flag,
	is_owner: flag,
	is_sso: flag,
	scopes: names,
	permission_type: text,
	disabled: flag,
	region: text,
	mfa: orNull(text),
	has_restricted_subuser_access: orNull(flag),
	subuser_access: subuserAccess,
	// Where they stand.
	status: text,
	expires_at: orNull(text),
	days_left: orNull(number),
	// An access request.
	id,
	request_id: id,
	scope_group_name: name,
	// What was done.
	action: text,
	would: text,
	dry_run: flag,
	changed: flag,
	reason: text,
	approved: flag,
	denied: flag,
	deleted: flag,
	revoked: flag,
	admin_access: text,
	added_scopes: names,
	removed_scopes: names,
	skipped_scopes: names,
});

/** The fields of a record that are in this list, in the record's own order. */
const pick = (record: Record<string, unknown>, fields: ReadonlyMap<string, Reader>): IDataObject =>
	Object.fromEntries(
		Object.entries(record).flatMap(([field, value]) => {
			const read = fields.get(field)?.(value);
			return read === undefined ? [] : [[field, read]];
		}),
	);

/**
 * What the model sees of an operation's records: the fields of the list above, with names cut short. Its texts are
 * data that other people have written, and a model may take them for instructions.
 *
 * An empty result is replaced by a sentence, because n8n would pass on an empty text, which looks like a failure.
 */
export function resultForAgent(records: IDataObject[]): IDataObject[] {
	if (records.length === 0) return [{ result: 'Nothing was found' }];
	return records.map((record) => pick(record, FIELDS));
}

/** A failure as an answer, because what a tool throws may reach the model as an empty text. */
export const errorForAgent = ({ message, description }: NodeError): IDataObject => ({
	error: message,
	how_to_fix: description ?? '',
});
