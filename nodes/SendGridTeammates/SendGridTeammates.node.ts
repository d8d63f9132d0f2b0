import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { customOperationsOf } from './execution/customOperations';
import { testSendGridTeammatesApi } from './methods/credentialTest';
import { searchAccessRequests, searchInvitations, searchTeammates } from './methods/listSearch';
import { getScopes } from './methods/loadOptions';
import { noScopesHint } from './parameters/access';
import { leftDryRunField, optionsField } from './parameters/options';
import { euRegionHint, regionField } from './parameters/region';
import { resourceProperties, RESOURCES, subtitle } from './resources';
import { API_HOSTS } from './transport/baseUrl';

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
		subtitle,
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
				message: 'Admins have full access to this SendGrid account, including managing teammates.',
				displayCondition: '={{ $parameter["access"] === "admin" }}',
				whenToDisplay: 'beforeExecution',
				location: 'ndv',
			},
			noScopesHint,
			euRegionHint,
		],
		// Each item's context replaces it with the host of its region.
		requestDefaults: { baseURL: API_HOSTS.global },
		// For n8n versions that mask such fields. Observed: 2.41 knows them but does not mask them yet.
		sensitiveOutputFields: ['token', 'pending_id'],
		properties: [...resourceProperties, leftDryRunField, regionField, optionsField],
	};

	customOperations = customOperationsOf(RESOURCES);

	methods = {
		credentialTest: { testSendGridTeammatesApi },
		listSearch: { searchAccessRequests, searchInvitations, searchTeammates },
		loadOptions: { getScopes },
	};
}
