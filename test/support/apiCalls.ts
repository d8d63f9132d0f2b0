import {
	forEachChild,
	isCallExpression,
	isObjectLiteralExpression,
	isPropertyAssignment,
	isStringLiteralLike,
	isTemplateExpression,
	type Node,
	type SourceFile,
} from 'typescript';

const METHODS = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'];

const textOf = (node: Node | undefined): string | undefined =>
	node && isStringLiteralLike(node) ? node.text : undefined;

/** The path that a text or a template stands for, whatever its parameters are called. */
function pathOf(node: Node): string | undefined {
	const text = isTemplateExpression(node)
		? node.head.text + node.templateSpans.map(({ literal }) => `{}${literal.text}`).join('')
		: textOf(node);
	return text?.startsWith('/v3/') ? text.replace(/\{[^}]*\}|:\w+/g, '{}') : undefined;
}

/** The method beside a path: in the same object, or as an argument of the same call. */
function methodBeside({ parent }: Node): string | undefined {
	const beside: Array<string | undefined> = isCallExpression(parent)
		? parent.arguments.map(textOf)
		: isPropertyAssignment(parent) && isObjectLiteralExpression(parent.parent)
			? parent.parent.properties.map((property) =>
					isPropertyAssignment(property) ? textOf(property.initializer) : undefined,
				)
			: [];
	return beside.find((text) => text !== undefined && METHODS.includes(text));
}

export interface ApiCall {
	/** Unknown if there is none beside the path. */
	method?: string;
	path: string;
}

/** SendGrid's endpoints that a file names, such as `PATCH` and `/v3/teammates/{}`. */
export function apiCallsIn(file: SourceFile): ApiCall[] {
	const found: ApiCall[] = [];
	const look = (node: Node) => {
		const path = pathOf(node);
		if (path !== undefined) found.push({ method: methodBeside(node), path });
		forEachChild(node, look);
	};
	look(file);
	return found;
}
