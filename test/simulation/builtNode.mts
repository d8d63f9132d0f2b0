import { createRequire } from 'node:module';

import type {
	IAuthenticate,
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

const requireHere = createRequire(import.meta.url);
const DIST = '../../dist';

interface Credential {
	authenticate: Extract<IAuthenticate, (...args: never[]) => unknown>;
	properties: INodeProperties[];
}

const { SendGridTeammates } = requireHere(
	`${DIST}/nodes/SendGridTeammates/SendGridTeammates.node.js`,
) as { SendGridTeammates: new () => INodeType };
const { SendGridTeammatesApi } = requireHere(
	`${DIST}/credentials/SendGridTeammatesApi.credentials.js`,
) as { SendGridTeammatesApi: new () => Credential };

/** The node and its credential as `npm run build` left them in `dist`: nothing else of the package is known here. */
export const node = new SendGridTeammates();
export const credential = new SendGridTeammatesApi();

const { properties } = node.description;

const fits = (value: unknown, allowed: unknown[] | undefined) =>
	allowed === undefined || allowed.includes(value);

/** Whether a field belongs to the operation, whatever else decides about showing it. */
const belongs = ({ displayOptions }: INodeProperties, resource: string, operation: string) =>
	fits(resource, displayOptions?.show?.resource) &&
	fits(operation, displayOptions?.show?.operation);

/** What n8n fills in for fields that a workflow does not set. */
export function defaultsOf(resource: string, operation: string): Record<string, unknown> {
	const fields = properties.filter((field) => belongs(field, resource, operation));
	return {
		...Object.fromEntries(fields.map(({ name, default: value }) => [name, value])),
		resource,
		operation,
	};
}

export const credentialDefaults = (): ICredentialDataDecryptedObject =>
	Object.fromEntries(
		credential.properties.map(({ name, default: value }) => [name, value]),
	) as ICredentialDataDecryptedObject;

/** The values of a choice as the editor offers them, for one operation. */
export function choicesOf(name: string, resource: string, operation: string): string[] {
	const field = properties.find(
		(candidate) => candidate.name === name && belongs(candidate, resource, operation),
	);
	return (field?.options ?? []).flatMap((option) =>
		'value' in option ? [String(option.value)] : [],
	);
}

/** Whether a field, or an option below `options`, exists for the operation. */
export function hasField(name: string, resource: string, operation: string): boolean {
	const fields = properties.filter((field) => belongs(field, resource, operation));
	return (
		fields.some((field) => field.name === name) ||
		fields
			.filter((field) => field.name === 'options')
			.flatMap(({ options = [] }) => options)
			.some(
				(option) =>
					option.name === name &&
					fits(
						operation,
						(option as INodeProperties).displayOptions?.show?.['/operation'] as unknown[],
					),
			)
	);
}

export type CustomOperation = (this: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

/** The entrance for workflows, and for agents from version 3 on. */
export function customOperation(resource: string, operation: string): CustomOperation {
	const found = node.customOperations?.[resource]?.[operation];
	if (!found) throw new Error(`the node has no operation ${resource}.${operation}`);
	return found as CustomOperation;
}

export interface DeclarativeEntrance {
	/** What n8n's engine for declarative nodes calls in place of sending the request by itself. */
	paginate: (
		this: IExecutePaginationFunctions,
		request: { options: IHttpRequestOptions & { method: IHttpRequestMethods } },
	) => Promise<INodeExecutionData[]>;
	request: { method?: IHttpRequestMethods; url?: string };
}

/** The entrance for agents up to version 2, which know nothing of `customOperations`. */
export function declarativeEntrance(resource: string, operation: string): DeclarativeEntrance {
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

function routingOf(
	field: INodeProperties | undefined,
	value: string,
): INodePropertyRouting | undefined {
	const option = (field?.options ?? []).find(
		(candidate) => 'value' in candidate && candidate.value === value,
	);
	return option && 'routing' in option ? option.routing : undefined;
}

type ListSearch = (this: ILoadOptionsFunctions, filter?: string) => Promise<INodeListSearchResult>;

/** What the editor calls to fill the list of a locator. */
export function listSearch(name: string): ListSearch {
	const found = (node.methods as { listSearch?: Record<string, ListSearch> }).listSearch?.[name];
	if (!found) throw new Error(`the node has no list ${name}`);
	return found;
}

/** The list that a locator field offers. */
export function listOfLocator(
	name: string,
	resource: string,
	operation: string,
): string | undefined {
	const field = properties.find(
		(candidate) => candidate.name === name && belongs(candidate, resource, operation),
	);
	return field?.modes?.find((mode) => mode.name === 'list')?.typeOptions?.searchListMethod;
}
