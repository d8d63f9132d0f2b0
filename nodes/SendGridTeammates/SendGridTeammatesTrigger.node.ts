import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { namesByValue } from './parameters/choice';
import { euRegionHint } from './parameters/region';
import { testSendGridTeammatesApi } from './methods/credentialTest';
import { eventsField, triggerFields } from './trigger/parameters';
import { pollTeammates } from './trigger/poll';

const NAMES = JSON.stringify(namesByValue([eventsField]));

/** What n8n writes below the node: `Teammate Added, Scopes Changed`. An expression may give the events as a text. */
const subtitle = `={{ String($parameter["events"] || "").split(/\\s*[,;\\n]\\s*/).map((event) => (${NAMES})[event] || event).join(", ") }}`;

export class SendGridTeammatesTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SendGrid Teammates Trigger',
		name: 'sendGridTeammatesTrigger',
		icon: {
			light: 'file:../../icons/sendGridTeammates.svg',
			dark: 'file:../../icons/sendGridTeammates.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle,
		// The node panel shows this for node and trigger together (observed in n8n 2.40).
		description:
			'Invite people to a Twilio SendGrid account, manage its teammates, and start workflows when somebody accepts, joins or leaves',
		defaults: { name: 'SendGrid Teammates Trigger' },
		polling: true,
		inputs: [],
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
					"<b>Scopes Changed</b> costs one request per teammate at each poll, because SendGrid's list has no scopes. In a large account, poll less often.",
				displayCondition: '={{ $parameter["events"].includes("scopesChanged") }}',
				whenToDisplay: 'beforeExecution',
				location: 'ndv',
			},
			euRegionHint,
		],
		// No event has a token. If one ever got in, an n8n that masks such fields would hide it.
		sensitiveOutputFields: ['invitation.token', 'invitation.pending_id'],
		properties: triggerFields,
	};

	methods = { credentialTest: { testSendGridTeammatesApi } };

	poll = pollTeammates;
}
