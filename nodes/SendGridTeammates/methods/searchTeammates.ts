import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { teammates } from '../sendgrid/directory';
import { searchList } from './searchList';

/** `Ada Lovelace (ada@example.com), admin, SSO` */
function nameOf({ first_name, last_name, email, user_type, is_sso }: IDataObject): string {
	const person = [first_name, last_name].filter(Boolean).join(' ');
	const address = String(email);
	const kinds = [user_type === 'teammate' ? '' : user_type, is_sso === true ? 'SSO' : ''];
	return [person ? `${person} (${address})` : address, ...kinds].filter(Boolean).join(', ');
}

/** Everybody in the account: name, address and kind. */
export async function searchTeammates(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchList(
		this,
		{
			...teammates('The teammates could not be loaded'),
			nameOf,
			valueOf: ({ username }) => String(username),
			honoursOffset: true,
		},
		filter,
		paginationToken,
	);
}
