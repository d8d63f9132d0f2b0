import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { optionsField } from './parameters/options';
import { euRegionHint, regionField } from './parameters/region';
import { getScopes } from './methods/loadOptions';
import { searchInvitations } from './methods/searchInvitations';
import { searchTeammates } from './methods/searchTeammates';
import { testSendGridTeammatesApi } from './methods/credentialTest';
import { accessRequestFields, accessRequestOperation } from './resources/accessRequest';
import { buildProperties } from './resources/fields';
import { invitationFields, invitationOperation } from './resources/invitation';
import { resourceField } from './resources/resource';
import { ssoTeammateFields, ssoTeammateOperation } from './resources/ssoTeammate';
import { teammateFields, teammateOperation } from './resources/teammate';
import { API_HOSTS } from './transport/baseUrl';
import { customOperationsOf } from './execution/customOperations';

/** Each resource's operations. */
const OPERATIONS = [
	accessRequestOperation,
	invitationOperation,
	ssoTeammateOperation,
	teammateOperation,
];

export class SendGridTeammates implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SendGrid Teammates',
		name: 'sendGridTeammates',
		icon: {
			light: 'file:../../icons/sendGridTeammates.svg',
			dark: 'file:../../icons/sendGridTeammates.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description: 'Invite people to a Twilio SendGrid account and manage its teammates',
		defaults: { name: 'SendGrid Teammates' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'sendGridTeammatesApi',
				required: true,
				testedBy: 'testSendGridTeammatesApi',
			},
		],
		hints: [
			{
				message:
					'An admin may do everything in this SendGrid account, managing its teammates included.',
				displayCondition: '={{ $parameter["access"] === "admin" }}',
				whenToDisplay: 'beforeExecution',
				location: 'ndv',
			},
			euRegionHint,
		],
		// Each item's context puts the host of its region in its place.
		requestDefaults: { baseURL: API_HOSTS.global },
		properties: [
			resourceField,
			...OPERATIONS,
			...buildProperties({
				accessRequest: accessRequestFields,
				invitation: invitationFields,
				ssoTeammate: ssoTeammateFields,
				teammate: teammateFields,
			}),
			regionField,
			optionsField,
		],
	};

	customOperations = customOperationsOf(OPERATIONS);

	methods = {
		credentialTest: { testSendGridTeammatesApi },
		listSearch: { searchInvitations, searchTeammates },
		loadOptions: { getScopes },
	};
}
