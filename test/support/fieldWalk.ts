import {
	NodeHelpers,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';

/** Names from the outermost level; a number stands for a row. */
type Path = ReadonlyArray<string | number>;

/** A field of a node that takes one value: alone, in a collection, in a row, or as part of a locator. */
export interface Leaf {
	path: Path;
	field: INodeProperties;
	/** Which kind of values it takes: n8n's type, or a part of a locator. */
	kind: string;
	/** Its name in messages. */
	called: string;
	/** What else has to be set for it to be shown. */
	conditions: readonly Condition[];
}

/** What another field has to be. */
interface Condition {
	path: Path;
	value: unknown;
	/** The other field, and its choices with which this one is shown. */
	deciding?: {
		field: INodeProperties;
		choices: ReadonlyArray<Pick<INodePropertyOptions, 'name' | 'value'>>;
	};
}

/** Where a field is. */
interface Place {
	path: Path;
	/** What messages add to its name. */
	within: string;
	conditions: Leaf['conditions'];
	/** The fields of the outermost level, and of this one. */
	root: readonly INodeProperties[];
	level: readonly INodeProperties[];
}

const isOfEveryField = (name: string): boolean => /^\/?(resource|operation)$/.test(name);

/** What a choice offers, by its display name; a flag as text. */
const choicesOf = (field: INodeProperties): Array<Pick<INodePropertyOptions, 'name' | 'value'>> =>
	field.type === 'boolean'
		? [true, false].map((value) => ({ name: String(value), value }))
		: optionsOf(field);

/** The values that other fields need, except resource and operation. */
const conditionsOf = (
	{ displayOptions, name }: INodeProperties,
	{ path, root, level }: Place,
): Condition[] => {
	const shown = Object.keys(displayOptions?.show ?? {}).filter((other) => !isOfEveryField(other));
	// What n8n doesn't show it throws away, and beside a choice in other words it shows only what is not hidden.
	if (shown.length > 0) throw new Error(`${name} must be hidden for the other choices of ${shown}`);
	return Object.entries(displayOptions?.hide ?? {})
		.filter(([other]) => !isOfEveryField(other))
		.flatMap(([other, hidden = []]) => {
			// From the outermost level, if it starts with a slash.
			const isOutside = other.startsWith('/');
			const key = isOutside ? other.slice(1) : other;
			// Several, if the walk is not about one operation.
			const fields = (isOutside ? root : level).filter((one) => one.name === key);
			const rule = { displayOptions: { hide: { [key]: hidden } } } as unknown as INodeProperties;
			const choices = fields
				.flatMap(choicesOf)
				.filter(({ value }) => NodeHelpers.displayParameter({ [key]: value }, rule, null, null));
			// Otherwise this field is another operation's.
			return fields.slice(0, 1).map((field) => ({
				path: [...(isOutside ? [] : path), key],
				value: field.type === 'multiOptions' ? [choices[0]?.value] : choices[0]?.value,
				deciding: { field, choices },
			}));
		});
};

function leavesOf(field: INodeProperties, place: Place): Leaf[] {
	const path = [...place.path, field.name];
	const conditions = [...place.conditions, ...conditionsOf(field, place)];
	const called = `'${field.displayName}'${place.within}`;
	const leaf: Leaf = { path, field, kind: field.type, called, conditions };
	if (field.type === 'collection') {
		const entries = (field.options ?? []) as INodeProperties[];
		const inside = {
			path,
			within: ` in '${field.displayName}'`,
			conditions,
			root: place.root,
			level: entries,
		};
		// What is hidden is what is left over of another operation's.
		return entries
			.filter(({ type }) => type !== 'hidden')
			.flatMap((entry) => leavesOf(entry, inside));
	}
	if (field.type === 'fixedCollection') {
		const isMultiple = field.typeOptions?.multipleValues === true;
		return (field.options ?? []).flatMap((group) => {
			if (!('values' in group)) return [];
			const inside = {
				path: [...path, group.name, ...(isMultiple ? [0] : [])],
				within: ` in ${isMultiple ? 'row 1 of ' : ''}'${field.displayName}'`,
				conditions,
				root: place.root,
				level: group.values,
			};
			return group.values.flatMap((value) => leavesOf(value, inside));
		});
	}
	if (field.type !== 'resourceLocator') return [leaf];
	// A mode is read only if there is a value; required fields have one anyway.
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
				!['notice', 'hidden'].includes(type) &&
				!['resource', 'operation', 'pollTimes'].includes(name),
		)
		.flatMap((field) =>
			leavesOf(field, {
				path: [],
				within: '',
				conditions: [],
				root: properties,
				level: properties,
			}),
		);

/** The fields that an operation shows. */
export const leavesOfOperation = (
	properties: readonly INodeProperties[],
	{ resource, operation }: { resource: string; operation: string },
): Leaf[] =>
	allLeaves(properties.filter((field) => isOfOperation(field, resource, operation))).filter(
		({ field }) => isOfOperation(field, resource, operation),
	);

/** Parameters with another value in one place. */
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
