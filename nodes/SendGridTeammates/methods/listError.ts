import type { ILoadOptionsFunctions } from 'n8n-workflow';

import {
	describeError,
	errorOutsideItem,
	toNodeError,
	withEnding,
	type ErrorContext,
	type NodeError,
} from '../execution/nodeError';

const LIST: ErrorContext = {
	name: 'a list',
	advice: {
		'rate-limited': 'Wait a few minutes and open the list again.',
		'temporarily-unavailable':
			"Open the list again. If this keeps happening, check n8n's internet connection, and 'Region' or 'API URL' in the credential.",
	},
};

/** Why a list in the editor failed, as one of n8n's errors. */
export const listError = (editor: ILoadOptionsFunctions, thrown: unknown): NodeError =>
	toNodeError(editor.getNode(), errorOutsideItem(thrown, LIST));

/** The same where the editor shows only the message, which therefore includes the advice. */
export function listErrorInOneLine(editor: ILoadOptionsFunctions, thrown: unknown): NodeError {
	const error = errorOutsideItem(thrown, LIST);
	const { message, advice } = describeError(error);
	return toNodeError(editor.getNode(), error, undefined, withEnding(message, advice));
}
