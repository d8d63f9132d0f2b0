import { resolve } from 'node:path';

import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IExecutePaginationFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INodeExecutionData,
	INodeListSearchResult,
	INodeProperties,
	INodePropertyRouting,
	INodeType,
} from 'n8n-workflow';

import { freshCopy } from './freshCopy.mts';

const DIST = resolve(import.meta.dirname, '../../dist');

interface Credential {
	authenticate: (
		credential: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	) => Promise<IHttpRequestOptions>;
	properties: INodeProperties[];
}

export type CustomOperation = (this: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

export interface DeclarativeEntrance {
	/** What n8n's engine for declarative nodes calls instead of sending the request itself. */
	paginate: (
		this: IExecutePaginationFunctions,
		request: { options: IHttpRequestOptions & { method: IHttpRequestMethods } },
	) => Promise<INodeExecutionData[]>;
	request: { method?: IHttpRequestMethods; url?: string };
}

type ListSearch = (this: ILoadOptionsFunctions, filter?: string) => Promise<INodeListSearchResult>;

const fits = (value: unknown, allowed: unknown[] | undefined) =>
	allowed === undefined || allowed.includes(value);

/** Whether a field belongs to the operation, whatever else its visibility depends on. */
const belongs = ({ displayOptions }: INodeProperties, resource: string, operation: string) =>
	fits(resource, displayOptions?.show?.resource) &&
	fits(operation, displayOptions?.show?.operation);

function routingOf(
	field: INodeProperties | undefined,
	value: string,
): INodePropertyRouting | undefined {
	const option = (field?.options ?? []).find(
		(candidate) => 'value' in candidate && candidate.value === value,
	);
	return option && 'routing' in option ? option.routing : undefined;
}

/**
 * The node and its credential as `npm run build` left them in `dist`, loaded afresh. Nothing but their public
 * entrances is known here.
 */
export class BuiltNode {
	readonly node: INodeType;

	readonly credential: Credential;

	private readonly load: (path: string) => unknown;

	constructor() {
		const load = freshCopy();
		this.load = load;
		const node = load(`${DIST}/nodes/SendGridTeammates/SendGridTeammates.node.js`);
		const credential = load(`${DIST}/credentials/SendGridTeammatesApi.credentials.js`);
		this.node = new (node as { SendGridTeammates: new () => INodeType }).SendGridTeammates();
		this.credential = new (
			credential as { SendGridTeammatesApi: new () => Credential }
		).SendGridTeammatesApi();
	}

	/** The trigger, which few histories need. */
	trigger(): INodeType {
		const trigger = this.load(`${DIST}/nodes/SendGridTeammates/SendGridTeammatesTrigger.node.js`);
		return new (
			trigger as { SendGridTeammatesTrigger: new () => INodeType }
		).SendGridTeammatesTrigger();
	}

	/** The entrance for workflows, and for agents from version 3 on. */
	customOperation(resource: string, operation: string): CustomOperation {
		const found = this.node.customOperations?.[resource]?.[operation];
		if (!found) throw new Error(`the node has no operation ${resource}.${operation}`);
		return found as CustomOperation;
	}

	/** The entrance for agents up to version 2, which know nothing of `customOperations`. */
	declarativeEntrance(resource: string, operation: string): DeclarativeEntrance {
		const { properties } = this.node.description;
		const operationField = properties.find(
			(field) => field.name === 'operation' && fits(resource, field.displayOptions?.show?.resource),
		);
		const resourceField = properties.find(({ name }) => name === 'resource');
		const routings = [
			routingOf(operationField, operation),
			routingOf(resourceField, resource),
			operationField?.routing,
			resourceField?.routing,
		];
		const paginate = routings
			.map((routing) => routing?.operations?.pagination)
			.find((pagination) => typeof pagination === 'function');
		if (!paginate) throw new Error(`no entrance for agents to ${resource}.${operation}`);
		const request = Object.assign({}, ...routings.map((routing) => routing?.request).reverse());
		return { paginate: paginate as unknown as DeclarativeEntrance['paginate'], request };
	}

	/** What the editor calls to fill the list of a locator field. */
	listSearch(name: string, resource: string, operation: string): ListSearch {
		const field = this.fieldsOf(resource, operation).find((candidate) => candidate.name === name);
		const list = field?.modes?.find((mode) => mode.name === 'list');
		const method = list?.typeOptions?.searchListMethod ?? '';
		const found = (this.node.methods as { listSearch?: Record<string, ListSearch> }).listSearch?.[
			method
		];
		if (!found) throw new Error(`${name} has no list`);
		return found;
	}

	fieldsOf(resource: string, operation: string): INodeProperties[] {
		const { properties } = this.node.description;
		return properties.filter((field) => belongs(field, resource, operation));
	}
}

/** A copy that only serves to find the fields. */
const described = new BuiltNode();

/** The values that n8n fills in for fields that a workflow doesn't set. */
export function defaultsOf(resource: string, operation: string): Record<string, unknown> {
	const fields = described.fieldsOf(resource, operation);
	return {
		...Object.fromEntries(fields.map(({ name, default: value }) => [name, value])),
		resource,
		operation,
	};
}

export const credentialDefaults = (): ICredentialDataDecryptedObject =>
	Object.fromEntries(
		described.credential.properties.map(({ name, default: value }) => [name, value]),
	) as ICredentialDataDecryptedObject;

/** The values of a choice as the editor offers them, for one operation. */
export function choicesOf(name: string, resource: string, operation: string): string[] {
	const field = described
		.fieldsOf(resource, operation)
		.find((candidate) => candidate.name === name);
	return (field?.options ?? []).flatMap((option) =>
		'value' in option ? [String(option.value)] : [],
	);
}

/** Whether the editor shows a field, or an option below `options`, for the operation. */
export function hasField(name: string, resource: string, operation: string): boolean {
	const fields = described.fieldsOf(resource, operation);
	const options = fields.find((field) => field.name === 'options')?.options ?? [];
	return (
		fields.some((field) => field.name === name && field.type !== 'hidden') ||
		options.some(
			(option) =>
				option.name === name &&
				(option as INodeProperties).type !== 'hidden' &&
				fits(operation, (option as INodeProperties).displayOptions?.show?.['/operation']),
		)
	);
}
