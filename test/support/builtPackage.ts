import { PackageDirectoryLoader, RoutingNode, type ExecuteContext } from 'n8n-core';
import {
	ICredentialsHelper,
	type ICredentialDataDecryptedObject,
	type ICredentials,
	type ICredentialType,
	type IHttpRequestOptions,
	type INodeParameters,
	type INodeProperties,
	type INodeType,
} from 'n8n-workflow';

import { projectRoot } from './machine';
import { CREDENTIAL_TYPE } from './names';

export interface BuiltPackage {
	node: INodeType;
	/** The copy of the node that n8n calls for AI agents up to version 2.2, which don't know `customOperations`. */
	declarativeTool: INodeType;
	trigger: INodeType;
	credential: ICredentialType;
	loader: PackageDirectoryLoader;
}

let loaded: Promise<BuiltPackage> | undefined;

/** What n8n itself does with a declarative node; the engine alone would ignore cancelling. */
const runDeclaratively = (node: INodeType): INodeType['execute'] =>
	async function () {
		return (await new RoutingNode(this as ExecuteContext, node).runNode()) ?? [];
	};

/** The package as `npm run build` left it in `dist`, loaded the way n8n loads a community package. */
export async function builtPackage(): Promise<BuiltPackage> {
	loaded ??= (async () => {
		const loader = new PackageDirectoryLoader(projectRoot);
		await loader.loadAll();
		const node = loader.getNode('sendGridTeammates').type as INodeType;
		node.execute = runDeclaratively(node);
		const declarativeTool: INodeType = Object.create(node, {
			customOperations: { value: undefined },
		});
		return {
			loader,
			node,
			declarativeTool,
			trigger: loader.getNode('sendGridTeammatesTrigger').type as INodeType,
			credential: loader.getCredential(CREDENTIAL_TYPE).type,
		};
	})();
	return await loaded;
}

/** n8n's credentials helper with one credential in it, used as n8n uses it. */
export class OneCredential extends ICredentialsHelper {
	private readonly type: ICredentialType;

	private readonly data: ICredentialDataDecryptedObject;

	constructor(type: ICredentialType, data: ICredentialDataDecryptedObject) {
		super();
		this.type = type;
		this.data = data;
	}

	getParentTypes() {
		return [];
	}

	isCredentialUsableByNode() {
		return true;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		_typeName: string,
		request: IHttpRequestOptions,
	) {
		if (typeof this.type.authenticate !== 'function') throw new Error('Not a function');
		return await this.type.authenticate(credentials, request);
	}

	async preAuthentication() {
		return undefined;
	}

	async runPreAuthentication() {
		return undefined;
	}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('Not used by nodes');
	}

	/** Fields may be expressions, which n8n resolves for the item that asks. */
	async getDecrypted(
		...[, , , mode, executeData, , values]: Parameters<ICredentialsHelper['getDecrypted']>
	) {
		if (!values) return { ...this.data };
		const { workflow, runExecutionData, runIndex, itemIndex, node, connectionInputData } = values;
		return workflow.expression.getParameterValue(
			{ ...this.data } as INodeParameters,
			runExecutionData,
			runIndex,
			itemIndex,
			node.name,
			connectionInputData,
			mode,
			{},
			executeData,
		) as ICredentialDataDecryptedObject;
	}

	async updateCredentials() {}

	async updateCredentialsOauthTokenData() {}

	getCredentialsProperties(): INodeProperties[] {
		return this.type.properties;
	}
}
