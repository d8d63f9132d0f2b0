import type { INodeParameters, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** Names from the outermost on; a number stands for a row. */
type Path = ReadonlyArray<string | number>;

/** A field of a node that takes one value: on its own, in a collection, in a row, or a part of a locator. */
export interface Leaf {
	path: Path;
	field: INodeProperties;
	/** Which kind of values it takes: n8n's type, or a part of a locator. */
	kind: string;
	/** What a message calls it. */
	called: string;
	/** What else has to be set, so that it is shown. */
	conditions: ReadonlyArray<{ path: Path; value: unknown }>;
}

/** Where a field stands. */
interface Place {
	path: Path;
	/** What a message adds to its name. */
	within: string;
	conditions: Leaf['conditions'];
}

/** What fields beside this one have to be, but for resource and operation. */
const conditionsOf = ({ displayOptions }: INodeProperties, parent: Path): Leaf['conditions'] =>
	Object.entries(displayOptions?.show ?? {})
		.filter(([name]) => !/^\/?(resource|operation)$/.test(name))
		.map(([name, values]) => ({
			// From the outermost on, where it begins with a slash.
			path: name.startsWith('/') ? [name.slice(1)] : [...parent, name],
			value: name === 'events' ? values : values?.[0],
		}));

function leavesOf(field: INodeProperties, place: Place): Leaf[] {
	const path = [...place.path, field.name];
	const conditions = [...place.conditions, ...conditionsOf(field, place.path)];
	const called = `'${field.displayName}'${place.within}`;
	const leaf: Leaf = { path, field, kind: field.type, called, conditions };
	if (field.type === 'collection') {
		const inside = { path, within: ` in '${field.displayName}'`, conditions };
		const entries = (field.options ?? []) as INodeProperties[];
		return entries.flatMap((entry) => leavesOf(entry, inside));
	}
	if (field.type === 'fixedCollection') {
		const isMultiple = field.typeOptions?.multipleValues === true;
		return (field.options ?? []).flatMap((group) => {
			if (!('values' in group)) return [];
			const inside = {
				path: [...path, group.name, ...(isMultiple ? [0] : [])],
				within: ` in ${isMultiple ? 'row 1 of ' : ''}'${field.displayName}'`,
				conditions,
			};
			return group.values.flatMap((value) => leavesOf(value, inside));
		});
	}
	if (field.type !== 'resourceLocator') return [leaf];
	// A mode is read where there is a value; what is required has one anyway.
	const valued = field.required ? [] : [{ path: [...path, 'value'], value: 'dev@acme.example' }];
	return [
		leaf,
		{
			...leaf,
			path: [...path, 'mode'],
			kind: 'locator mode',
			called: `'Mode' in ${called}`,
			conditions: [...conditions, ...valued],
		},
		{ ...leaf, path: [...path, 'value'], kind: 'locator value' },
	];
}

const isOfOperation = (
	{ displayOptions }: INodeProperties,
	resource: string,
	operation: string,
): boolean => {
	const show = displayOptions?.show ?? {};
	const allows = (names: unknown[] | undefined, name: string) => !names || names.includes(name);
	return allows(show.resource, resource) && allows(show.operation ?? show['/operation'], operation);
};

/** Every field of a node that can be set, those that n8n itself adds included. */
export const allLeaves = (properties: readonly INodeProperties[]): Leaf[] =>
	properties
		.filter(
			({ name, type }) =>
				type !== 'notice' && !['resource', 'operation', 'pollTimes'].includes(name),
		)
		.flatMap((field) => leavesOf(field, { path: [], within: '', conditions: [] }));

/** Those that an operation shows. */
export const leavesOfOperation = (
	properties: readonly INodeProperties[],
	{ resource, operation }: { resource: string; operation: string },
): Leaf[] =>
	allLeaves(properties.filter((field) => isOfOperation(field, resource, operation))).filter(
		({ field }) => isOfOperation(field, resource, operation),
	);

/** Parameters with something else at one place. */
function withValue(parameters: INodeParameters, path: Path, value: unknown): INodeParameters {
	const copy = structuredClone(parameters);
	let place = copy as Record<string | number, unknown>;
	for (const [index, name] of path.slice(0, -1).entries()) {
		const next = typeof path[index + 1] === 'number' ? [] : {};
		const known = place[name];
		if (typeof known !== 'object' || known === null) place[name] = next;
		place = place[name] as Record<string | number, unknown>;
	}
	place[path[path.length - 1]] = value;
	return copy;
}

/** Parameters in which the field is shown and has a value. */
export const setLeaf = (parameters: INodeParameters, leaf: Leaf, value: unknown): INodeParameters =>
	[...leaf.conditions, { path: leaf.path, value }].reduce(
		(made, { path, value: part }) => withValue(made, path, part),
		parameters,
	);

export const optionsOf = ({ options = [] }: INodeProperties): INodePropertyOptions[] =>
	options.filter((option): option is INodePropertyOptions => 'value' in option);
