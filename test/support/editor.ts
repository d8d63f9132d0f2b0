import { CredentialTestContext, LoadOptionsContext } from 'n8n-core';
import {
	NodeHelpers,
	Workflow,
	type ICredentialDataDecryptedObject,
	type ILoadOptionsFunctions,
	type INodeCredentialTestResult,
	type INodeListSearchResult,
	type INodeParameters,
	type INodePropertyOptions,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { builtPackage, OneCredential } from './builtPackage';
import { CREDENTIAL_TYPE, NODE_TYPE } from './names';

/**
 * What n8n's editor passes to the methods of a node that is being set up.
 *
 * @param credential left out where none has been chosen
 * @param path of the field
 */
export async function editorOf(
	credential: ICredentialDataDecryptedObject | undefined,
	parameters: INodeParameters,
	path = '',
): Promise<ILoadOptionsFunctions> {
	const { node: nodeType, credential: credentialType } = await builtPackage();
	const nodeTypes: INodeTypes = {
		getByName: () => nodeType,
		getByNameAndVersion: () => NodeHelpers.getVersionedNodeType(nodeType, 1),
		getKnownTypes: () => ({}),
	};
	const workflow = new Workflow({
		id: 'test',
		active: false,
		nodeTypes,
		connections: {},
		nodes: [
			{
				id: 'sendgrid',
				name: 'SendGrid Teammates',
				type: NODE_TYPE,
				typeVersion: 1,
				position: [0, 0],
				parameters,
				...(credential && { credentials: { [CREDENTIAL_TYPE]: { id: '1', name: 'SendGrid' } } }),
			},
		],
	});
	const additionalData = {
		credentialsHelper: new OneCredential(credentialType, credential ?? {}),
		currentNodeParameters: parameters,
		variables: {},
		externalSecretsProxy: {},
		webhookWaitingBaseUrl: 'http://localhost/waiting',
		formWaitingBaseUrl: 'http://localhost/form-waiting',
	} as unknown as IWorkflowExecuteAdditionalData;
	const node = workflow.getNode('SendGrid Teammates');
	if (!node) throw new Error('The workflow has no node');
	return new LoadOptionsContext(workflow, node, additionalData, path);
}

export async function loadScopes(
	credential: ICredentialDataDecryptedObject | undefined,
	parameters: INodeParameters = {},
): Promise<INodePropertyOptions[]> {
	const { node } = await builtPackage();
	const load = node.methods?.loadOptions?.getScopes;
	if (!load) throw new Error('The node has no such method');
	return await load.call(await editorOf(credential, parameters));
}

export async function searchInvitations(
	credential: ICredentialDataDecryptedObject,
	filter?: string,
	parameters: INodeParameters = {},
): Promise<INodeListSearchResult> {
	const { node } = await builtPackage();
	const search = node.methods?.listSearch?.searchInvitations;
	if (!search) throw new Error('The node has no such method');
	return await search.call(await editorOf(credential, parameters), filter);
}

export async function searchTeammates(
	credential: ICredentialDataDecryptedObject,
	filter?: string,
	paginationToken?: string,
	parameters: INodeParameters = {},
): Promise<INodeListSearchResult> {
	const { node } = await builtPackage();
	const search = node.methods?.listSearch?.searchTeammates;
	if (!search) throw new Error('The node has no such method');
	return await search.call(await editorOf(credential, parameters), filter, paginationToken);
}

export async function searchAccessRequests(
	credential: ICredentialDataDecryptedObject,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const { node } = await builtPackage();
	const search = node.methods?.listSearch?.searchAccessRequests;
	if (!search) throw new Error('The node has no such method');
	return await search.call(await editorOf(credential, {}), filter, paginationToken);
}

export async function testCredential(
	data: ICredentialDataDecryptedObject,
): Promise<INodeCredentialTestResult> {
	const { node } = await builtPackage();
	const testFunction = node.methods?.credentialTest?.testSendGridTeammatesApi;
	if (!testFunction) throw new Error('The node has no such method');
	const context = new CredentialTestContext({} as IWorkflowExecuteAdditionalData);
	return await testFunction.call(context, {
		id: '1',
		name: 'SendGrid',
		type: CREDENTIAL_TYPE,
		data,
	});
}
