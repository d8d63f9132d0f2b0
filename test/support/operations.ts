import type { INodeParameters } from 'n8n-workflow';

import { seedDefault } from '../../sandbox/seed.mts';
import type { FakeSendGrid } from './fakeSendGrid';
import * as parameters from './parameters';

/** A function of `parameters.ts` that makes the parameters of an operation. */
export type Name = Extract<keyof typeof parameters, `${string}With`>;

/** All operations of the node. */
export const NAMES = Object.keys(parameters).filter((name): name is Name => name.endsWith('With'));

/** The operations that an AI agent may call. */
export const NAMES_FOR_AGENTS = NAMES.filter((name) => !parameters[name].sample.takesAll);

export const sampleOf = (name: Name) => parameters[name].sample;

/** Parameters with which an operation succeeds in the example company. */
export const sampleParameters = (name: Name, changes: INodeParameters = {}): INodeParameters =>
	parameters[name]({ ...sampleOf(name).fields, ...changes });

/** Replaces the test's account with the example company, under the same key. @returns the item of the samples */
export function seedExampleCompany({ state, apiKey }: FakeSendGrid): { id: number } {
	state.reset();
	seedDefault(state);
	state.addKey({ key: apiKey });
	return { id: state.account().accessRequests[0].id };
}
