import type { IDataObject, IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import type { Account } from '../sendgrid/account';
import type { ItemKey, RunMemory } from './runMemory';

/** What a person is given, by a record or in one. */
export interface Given {
	/** Empty if it is unknown. */
	email: string;
	isAdmin: boolean;
	/** If it is left out: yes. */
	isRoleKnown?: boolean;
	/** `undefined` if it is unknown. */
	scopes?: readonly string[];
}

/** Limits that the credential's owner has set. Each check throws a SendGridError. */
export interface Policy {
	/** Whether there is any limit on who may be given what. */
	readonly limitsGiving: boolean;
	checkEmail(email: string): void;
	/** For everything that gives something to a person known by a record. */
	checkGiving(given: Given): void;
	checkAdmin(): void;
	/** Whether a scope may be given: a persona is reduced to those. */
	readonly mayGive: (scope: string) => boolean;
	checkScopes(scopes: readonly string[]): void;
	/** For the feature of an access request. */
	checkGroup(name: string): void;
	checkDeletion(): void;
}

/** The item's choices under Options that operations depend on. */
export interface Options {
	allowAdmins: boolean;
	dryRun: boolean;
	skipUngrantableScopes: boolean;
}

/** What an operation can use for one item. */
export interface OperationContext {
	/**
	 * Holds the item's fields, for the readers of `parameters/`. Read each only once: the expression is evaluated
	 * every time.
	 */
	item: IExecuteSingleFunctions;
	account: Account;
	policy: Policy;
	options: Options;
	memory: RunMemory;
	/** The account that requests act for; `undefined` for the key's own. */
	subuser?: string;
	/** How many milliseconds the item may wait for other work on the same person. */
	maxWait: number;
}

interface OperationFields {
	/** In the order of the panel. */
	fields: readonly INodeProperties[];
	/** SendGrid does not document `on-behalf-of` for the operation's endpoint. */
	ownAccountOnly?: true;
	/** It can say what it would do, without doing it. */
	hasDryRun?: true;
}

/** One operation: its fields, and what it does for one item. */
export interface Operation extends OperationFields {
	/** @returns the records of the item's output. @throws SendGridError */
	run: (context: OperationContext) => Promise<IDataObject[]>;
	/** Reduces a record if the item's Simplify is on. The operation has to show that field. */
	simplify?: (record: IDataObject) => IDataObject;
}

/** What a list of items means for one person: the answer, or the work still to be done for it. */
export interface Step {
	/** The item whose credential and options apply. */
	item: number;
	/** Items that it answers, the one above first; none if no item names the person. */
	answers: readonly number[];
	key: ItemKey;
	/** The person it is about, for messages. */
	email?: string;
	outcome:
		| { records: IDataObject[] }
		| { error: unknown }
		| { write: (context: OperationContext) => Promise<IDataObject[]> };
}

/** An operation that takes all items of a run together: everything is read before anything is written. */
export interface ListOperation<Row = unknown> extends OperationFields {
	/** Reads an item's fields. @throws SendGridError for one that cannot be acted on */
	read(context: OperationContext): Row;
	/**
	 * Decides what to do, without doing it.
	 *
	 * @param failed the addresses of items that could not be read, as far as these have one
	 * @returns groups of steps: one group after the other, the steps of a group side by side
	 * @throws SendGridError if nothing may be done at all
	 */
	plan(rows: readonly Row[], failed: ReadonlyArray<string | undefined>): Promise<Step[][]>;
}

/** A resource: its declaration, and its operations by their `value`. */
export interface Resource {
	/** The Operation field: names, texts, and method and path as SendGrid's reference prints them. */
	operation: INodeProperties;
	operations: Readonly<Record<string, Operation | ListOperation>>;
}
