/** Every kind of value as webhooks, forms, sheets and AI models deliver it, for every kind of field. */
import type { INodeProperties } from 'n8n-workflow';

import { readPersona, readScopes } from '../../nodes/SendGridTeammates/parameters/access';
import {
	readChoice,
	readChoices,
	readLocator,
} from '../../nodes/SendGridTeammates/parameters/choice';
import {
	isEmailAddress,
	readEmail,
	readTeammateChoice,
} from '../../nodes/SendGridTeammates/parameters/emailAddress';
import {
	readCollection,
	readRows,
	whereSet,
	type Field,
	type Fields,
} from '../../nodes/SendGridTeammates/parameters/field';
import { readFlag } from '../../nodes/SendGridTeammates/parameters/flag';
import { readInvitation } from '../../nodes/SendGridTeammates/parameters/invitation';
import { readDays, readNumber } from '../../nodes/SendGridTeammates/parameters/number';
import { optionsField, readOptions } from '../../nodes/SendGridTeammates/parameters/options';
import { readRequestId } from '../../nodes/SendGridTeammates/parameters/requestId';
import { readDomains, readText, readTexts } from '../../nodes/SendGridTeammates/parameters/text';
import { SendGridError } from '../../nodes/SendGridTeammates/transport/errors';

const holding = (value: unknown): Fields => ({ getNodeParameter: () => value });

const THING: INodeProperties = {
	displayName: 'Thing',
	name: 'thing',
	type: 'options',
	default: '',
	options: [
		{ name: 'Selected Scopes', value: 'scopes' },
		{ name: 'EU', value: 'eu' },
	],
};
const THINGS = ['scopes', 'eu'] as const;

const LOCATOR: Field = {
	...THING,
	modes: [
		{ displayName: 'From List', name: 'list', type: 'list' },
		{ displayName: 'By Email', name: 'email', type: 'string' },
	],
};

type Reader = (fields: Fields) => unknown;

const READERS = {
	flag: (fields) => readFlag(fields, THING),
	number: (fields) => readNumber(fields, THING, { min: 1, isWhole: true }),
	days: (fields) => readDays(fields, THING, { below: 7 }),
	choice: (fields) => readChoice(fields, THING, THINGS),
	text: (fields) => readText(fields, THING),
	address: readEmail,
	texts: (fields) => readTexts(fields, THING),
	scopes: (fields) => readScopes(fields, THING).scopes,
	domains: (fields) => readDomains(fields, THING),
	locator: (fields) => readLocator(fields, LOCATOR, ['list', 'email'], 'Name it.'),
	options: readOptions,
} satisfies Record<string, Reader>;

type ReaderName = keyof typeof READERS;

const HUGE = 'x'.repeat(16_000_000);

/** A reader's result for a value, or the message with which it refuses it. */
function outcomeOf(name: ReaderName, value: unknown): unknown {
	try {
		return READERS[name](holding(value));
	} catch (thrown) {
		return thrown instanceof SendGridError ? `! ${thrown.message}` : thrown;
	}
}

/** Milliseconds. The shortest of several, since the machine may be busy with other things. */
const timeOf = (work: () => unknown): number =>
	Math.min(
		...Array.from({ length: 5 }, () => {
			const startedAt = performance.now();
			work();
			return performance.now() - startedAt;
		}),
	);

const EMPTY = expect.stringMatching(/^! '(Thing|Email|Options)' is empty$/);
const mustBe = (what: string) => expect.stringMatching(new RegExp(`^! '\\w+' must be ${what}`));
const NOT_TRUE_OR_FALSE = mustBe('true or false, not ');
const NO_NUMBER = mustBe('a whole number from 1, not ');
const NO_DAYS = mustBe('a number of days from 0 to less than 7, not ');
const NO_CHOICE = mustBe('Selected Scopes or EU, not ');
const NO_TEXT = mustBe('one line of text, not ');
const NO_ADDRESS = mustBe('an email address, not ');
const NO_TEXTS = mustBe('a list of text values, not ');
const NO_SCOPES = mustBe('a list of (text values|scopes), not ');
const NO_DOMAIN = mustBe('(a list of text values|a domain such as example.com), not ');
const NO_OBJECT = mustBe('an object, not ');
const TOO_LONG = mustBe('at most [\\d,]+ (characters|entries), not [\\d,]+$');

const TABLE: Record<ReaderName, Array<[value: unknown, outcome: unknown]>> = {
	flag: [
		[true, true],
		[false, false],
		['true', true],
		['FALSE', false],
		['  True ', true],
		['yes', "! 'Thing' must be true or false, not 'yes'"],
		[1, NOT_TRUE_OR_FALSE],
		['"true"', NOT_TRUE_OR_FALSE],
		[[true], NOT_TRUE_OR_FALSE],
		[{}, NOT_TRUE_OR_FALSE],
		[NaN, NOT_TRUE_OR_FALSE],
	],
	number: [
		[7, 7],
		['7', 7],
		[' 7 ', 7],
		['7.0', 7],
		['1e2', 100],
		['many', "! 'Thing' must be a whole number from 1, not 'many'"],
		[0, NO_NUMBER],
		['1.5', NO_NUMBER],
		['0x10', NO_NUMBER],
		['1,000', NO_NUMBER],
		[true, NO_NUMBER],
		['[7]', NO_NUMBER],
		[[7], NO_NUMBER],
		[{}, NO_NUMBER],
		[NaN, NO_NUMBER],
		[Infinity, NO_NUMBER],
	],
	days: [
		[0, 0],
		['2', 2],
		[6.5, 6.5],
		[7, NO_DAYS],
		['7', NO_DAYS],
		[-1, NO_DAYS],
		['soon', NO_DAYS],
		[[2], NO_DAYS],
		[{}, NO_DAYS],
		[NaN, NO_DAYS],
	],
	choice: [
		['eu', 'eu'],
		['EU', 'eu'],
		['scopes', 'scopes'],
		['Selected Scopes', 'scopes'],
		['  selected   SCOPES ', 'scopes'],
		['mars', "! 'Thing' must be Selected Scopes or EU, not 'mars'"],
		['"eu"', NO_CHOICE],
		[1, NO_CHOICE],
		[['eu'], NO_CHOICE],
		[{}, NO_CHOICE],
		[{ toString: null }, NO_CHOICE],
		[NaN, NO_CHOICE],
	],
	text: [
		['ada', 'ada'],
		['  ada ', 'ada'],
		['Ada Ü', 'Ada Ü'],
		[12345, '12345'],
		['{"a": 1}', '{"a": 1}'],
		[true, NO_TEXT],
		[1.5, NO_TEXT],
		[1e30, NO_TEXT],
		['a\nb', NO_TEXT],
		[['ada'], NO_TEXT],
		[{}, NO_TEXT],
		[NaN, NO_TEXT],
	],
	address: [
		['ada@example.com', 'ada@example.com'],
		[' ADA@Example.com ', 'ADA@Example.com'],
		["o'neil+tag@example.com", "o'neil+tag@example.com"],
		['ünïcödé@exämple.com', 'ünïcödé@exämple.com'],
		['nobody', "! 'Email' must be an email address, not 'nobody'"],
		['<ada@x.com>', "! 'Email' must be an email address, not '<ada@x.com>': it has < or >"],
		['ada@x.com,', NO_ADDRESS],
		['a..b@x.com', NO_ADDRESS],
		[42, NO_ADDRESS],
		['["ada@x.com"]', NO_ADDRESS],
		[['ada@x.com'], NO_ADDRESS],
		[{}, NO_ADDRESS],
		[NaN, NO_ADDRESS],
	],
	texts: [
		[
			['a', 'b'],
			['a', 'b'],
		],
		['a', ['a']],
		['a; b', ['a', 'b']],
		['a,\nb\r\nc,', ['a', 'b', 'c']],
		['"a","b"', ['a', 'b']],
		['["a", "b"]', ['a', 'b']],
		[['a, b'], ['a', 'b']],
		[[' a '], ['a']],
		[',;\n,', EMPTY],
		[[], EMPTY],
		[[''], EMPTY],
		[['a', ''], EMPTY],
		['[]', EMPTY],
		[[['a']], NO_TEXTS],
		[[1, null], NO_TEXTS],
		['["a"', NO_TEXTS],
		[7, NO_TEXTS],
		[true, NO_TEXTS],
		[{}, NO_TEXTS],
		[NaN, NO_TEXTS],
	],
	scopes: [
		[['stats.read', 'stats.read'], ['stats.read']],
		['STATS.READ', ['stats.read']],
		['stats.read mail.send', ['stats.read', 'mail.send']],
		['stats.read; mail.send\ntemplates.read', ['stats.read', 'mail.send', 'templates.read']],
		['"stats.read","mail.send"', ['stats.read', 'mail.send']],
		['Statistics (stats.read), mail send (MAIL.SEND)', ['stats.read', 'mail.send']],
		[['Mail Settings (mail_settings.footer.read)'], ['mail_settings.footer.read']],
		['cakes.bake', ['cakes.bake']],
		[[], []],
		['[]', []],
		[' , ', EMPTY],
		[[''], EMPTY],
		['Stats: Reed', "! 'Thing' must be a list of scopes, not 'Stats: Reed'"],
		['stats/read', NO_SCOPES],
		[['2fa_required'], "! 'Thing' has scopes that can't be granted to anyone: '2fa_required'"],
		[
			'2fa Required (2fa_required)',
			"! 'Thing' has scopes that can't be granted to anyone: '2fa_required'",
		],
		[[['stats.read']], NO_SCOPES],
		[{}, NO_SCOPES],
		[NaN, NO_SCOPES],
	],
	domains: [
		['example.com', ['example.com']],
		['a.com, b.com', ['a.com', 'b.com']],
		['@A.com b.com', ['a.com', 'b.com']],
		[['a.com'], ['a.com']],
		['*.example.com', NO_DOMAIN],
		['ada@example.com', NO_DOMAIN],
		['example', NO_DOMAIN],
		[7, NO_DOMAIN],
		[{}, NO_DOMAIN],
		[NaN, NO_DOMAIN],
	],
	locator: [
		[
			{ __rl: true, mode: 'email', value: 'ada@x.com' },
			{ mode: 'email', value: 'ada@x.com' },
		],
		[
			{ mode: 'By EMAIL', value: ' ada@x.com ' },
			{ mode: 'email', value: 'ada@x.com' },
		],
		[
			{ mode: 'list', value: 12345 },
			{ mode: 'list', value: '12345' },
		],
		['{"mode": "list", "value": "ada"}', { mode: 'list', value: 'ada' }],
		[{ value: 'ada' }, { value: 'ada' }],
		['ada', { value: 'ada' }],
		[' ada ', { value: 'ada' }],
		[12345, { value: '12345' }],
		[{ mode: 'email', value: '' }, EMPTY],
		[{ mode: 'email', value: null }, EMPTY],
		[{}, EMPTY],
		[
			{ mode: 'phone', value: 'ada' },
			expect.stringContaining("'Mode' in 'Thing' must be From List"),
		],
		[{ mode: null, value: 'ada' }, "! 'Mode' in 'Thing' is set, but has no value"],
		[{ mode: 'list', value: {} }, mustBe('text, not an object')],
		[['ada'], mustBe('text, not a list')],
		[true, NO_TEXT],
		[NaN, NO_TEXT],
	],
	options: [
		[{ dryRun: 'TRUE' }, expect.objectContaining({ dryRun: true, allowAdmins: false })],
		[{ maxWait: '2' }, expect.objectContaining({ maxWait: 2000 })],
		[{ onBehalfOf: '' }, expect.objectContaining({ onBehalfOf: undefined })],
		[{ onBehalfOf: 12345 }, expect.objectContaining({ onBehalfOf: '12345' })],
		[{ onBehalfOf: ' ' }, "! 'On Behalf Of' in 'Options' is set, but has no value"],
		[{ onBehalfOf: undefined }, "! 'On Behalf Of' in 'Options' is set, but has no value"],
		[{ onBehalfOf: null }, "! 'On Behalf Of' in 'Options' is set, but has no value"],
		[{ dryRun: undefined }, "! 'Dry Run' in 'Options' is set, but has no value"],
		[{ maxWait: NaN }, expect.stringContaining('must be a number of seconds from 0')],
		[{ maxWait: HUGE }, expect.stringContaining('must be at most 1,000 characters')],
		['{}', NO_OBJECT],
		[[{}], NO_OBJECT],
		[NaN, NO_OBJECT],
	],
};

const names = Object.keys(READERS) as ReaderName[];

describe.each(names)('%s', (name) => {
	test.each(TABLE[name])('reads %j', (value, outcome) => {
		expect(outcomeOf(name, value)).toEqual(outcome);
	});

	test.each([[undefined], [null], [''], ['  ']])('refuses %j as no value', (value) => {
		const isBlank = name === 'options' && value === '  ';
		expect(outcomeOf(name, value)).toEqual(isBlank ? NO_OBJECT : EMPTY);
	});

	test('refuses 16 MB at once and in few words', () => {
		const values = [
			HUGE,
			' '.repeat(16_000_000),
			[HUGE],
			Array<string>(50_000).fill('a'),
			'a,'.repeat(49_000),
		];
		for (const value of values) {
			const outcome = outcomeOf(name, value);
			expect(timeOf(() => outcomeOf(name, value))).toBeLessThan(50);
			expect(String(outcome).length).toBeLessThan(200);
			expect(outcome).toMatch(/^! /);
		}
	});
});

test.each([HUGE, `${HUGE}@example.com`, ','.repeat(16_000_000)])(
	'a huge text (%#) is too long',
	(text) => {
		const long = ['number', 'choice', 'text', 'address', 'texts', 'scopes', 'locator'] as const;
		for (const name of long) expect(outcomeOf(name, text)).toEqual(TOO_LONG);
	},
);

test('deeply nested JSON is no list', () => {
	const deep = `${'['.repeat(40_000)}${']'.repeat(40_000)}`;
	expect(outcomeOf('scopes', deep)).toEqual(NO_SCOPES);
	expect(timeOf(() => outcomeOf('scopes', deep))).toBeLessThan(50);
});

test('the longest allowed list takes no time', () => {
	const most = Array.from({ length: 1000 }, (_, index) => `Scope ${index} (scope_${index}.read)`);
	expect(outcomeOf('scopes', most.join(';'))).toHaveLength(1000);
	expect(timeOf(() => outcomeOf('scopes', most.join(';')))).toBeLessThan(50);
});

test('five of many wrong names are quoted', () => {
	const wrong = [
		...['2fa_exempt', '2fa_required', 'ui.provision', 'ui.signup_complete', 'ui.confirm_email'],
		...['user.password.read', 'user.password.update'],
	];
	expect(outcomeOf('scopes', wrong)).toBe(
		"! 'Thing' has scopes that can't be granted to anyone: '2fa_exempt', '2fa_required', 'ui.provision', 'ui.signup_complete', 'ui.confirm_email' and 2 more",
	);
});

test('a key or a token in the wrong field is not shown', () => {
	const key = `SG.${'aB3'.repeat(8)}.${'cD4'.repeat(14)}`;
	const refusals = names
		.map((name) => outcomeOf(name, key))
		.filter((outcome) => /^! /.test(String(outcome)));
	expect(refusals.length).toBeGreaterThan(5);
	expect(refusals.join()).not.toMatch(/(aB3){3}|(cD4){3}/);
});

describe('the reader of addresses', () => {
	test.each([
		['<ada@x.com>', 'it has < or >'],
		['Ada Lovelace <ada@x.com>', 'it has < or >'],
		['ada@x.com,', 'it has a comma or a semicolon'],
		['ada@x.com, bob@x.com', 'it has more than one @'],
		['mailto:ada@x.com', "it begins with 'mailto:'"],
		['ada\u200b@x.com', 'it has an invisible character'],
		['\u202eada@x.com', 'it has an invisible character'],
		['ada\u0007@x.com', 'it has a line break or another control character'],
		['ada\ud800@x.com', 'it has an incomplete character'],
		['a..b@x.com', 'it has two dots in a row'],
		['ada@x..com', 'it has two dots in a row'],
		['.ada@x.com', 'it has a dot in the wrong place'],
		['ada.@x.com', 'it has a dot in the wrong place'],
		['ada@x.com.', 'it has a dot in the wrong place'],
		['"ada"@x.com', 'it has a quotation mark or a backslash'],
		['ada [at] x.com', 'it has a bracket'],
		['ada(at)x.com', 'it has a bracket'],
		['email:ada@x.com', 'it has a colon'],
		['ada lovelace@x.com', 'it has a space'],
		[`${'a'.repeat(250)}@x.com`, 'it is longer than 255 characters'],
	])('refuses %j: %s', (text, fault) => {
		expect(isEmailAddress(text)).toBe(false);
		expect(outcomeOf('address', text)).toMatch(new RegExp(`: ${fault}$`));
	});

	test.each(['nobody', 'a@b', '@x.com', 'ada@', 'ada@x', 'ada😀@x.com'])('refuses %j', (text) => {
		expect(isEmailAddress(text)).toBe(false);
	});

	test.each(['a@b.c', "d'arcy@x.co.uk", '{{$json}}@x.com', '李@例子.中国', 'x_1@sub.x-y.com'])(
		'accepts %j',
		(text) => {
			expect(isEmailAddress(text)).toBe(true);
		},
	);
});

describe("the locator's reader", () => {
	test.each([
		['ada@x.com', { by: 'email', email: 'ada@x.com' }],
		['ada', { by: 'username', username: 'ada' }],
		[12345, { by: 'username', username: '12345' }],
		[
			{ mode: 'list', value: 'ada@x.com' },
			{ by: 'username', username: 'ada@x.com' },
		],
		[
			{ mode: 'username', value: 'ada@x.com' },
			{ by: 'username', username: 'ada@x.com' },
		],
		[
			{ mode: 'By Email', value: 'ada@x.com' },
			{ by: 'email', email: 'ada@x.com' },
		],
	])('reads the teammate %j', (value, choice) => {
		expect(readTeammateChoice(holding(value))).toEqual(choice);
	});

	test.each([
		['ada@x.com', { by: 'email', email: 'ada@x.com' }],
		['4a6b', { by: 'token', token: '4a6b' }],
		[
			{ mode: 'list', value: 'ada@x.com' },
			{ by: 'email', email: 'ada@x.com' },
		],
		[
			{ mode: 'token', value: 4711 },
			{ by: 'token', token: '4711' },
		],
	])('reads the invitation %j', (value, choice) => {
		expect(readInvitation(holding(value))).toEqual(choice);
	});

	test.each([
		[4711, '4711'],
		[' 4711 ', '4711'],
		[{ __rl: true, mode: 'list', value: '4711' }, '4711'],
		[{ __rl: true, mode: 'By ID', value: 4711 }, '4711'],
		['{"mode": "id", "value": "4711"}', '4711'],
	])('reads the request %j', (value, id) => {
		expect(readRequestId(holding(value))).toBe(id);
	});
});

test('several choices are read once each, in their order', () => {
	expect(readChoices(holding('eu; Selected Scopes, EU'), THING, THINGS)).toEqual(THINGS);
	expect(() => readChoices(holding(['eu', 'mars']), THING, THINGS)).toThrow("not 'mars'");
	expect(() => readChoices(holding([]), THING, THINGS)).toThrow("'Thing' is empty");
});

test('a persona is read by its name', () => {
	expect(readPersona(holding(' Marketer'))).toBe('marketer');
});

describe('the reader of collections', () => {
	test('ignores entries that are left out, and needs a value in those that are set', () => {
		const read = (value: unknown) =>
			whereSet(readCollection(holding(value), optionsField), THING, readFlag);
		expect(read({})).toBeUndefined();
		expect(read({ thing: 'true' })).toBe(true);
		expect(() => read({ thing: undefined })).toThrow(
			"'Thing' in 'Options' is set, but has no value",
		);
	});

	test('names rows separately', () => {
		const rows = { ...THING, options: [{ displayName: 'Row', name: 'rows', values: [THING] }] };
		const read = (value: unknown) =>
			readRows(holding(value), rows).map((row) => readText(row, THING));
		expect(read({ rows: [{ thing: 'a' }, { thing: 5 }] })).toEqual(['a', '5']);
		expect(read({ rows: { thing: 'a' } })).toEqual(['a']);
		expect(() => read({ rows: [{ thing: 'a' }, { thing: '' }] })).toThrow(
			"'Thing' in row 2 of 'Thing' is set, but has no value",
		);
		expect(() => read({ rows: ['a'] })).toThrow("'Thing' is empty");
		expect(() => read({})).toThrow("'Thing' is empty");
		expect(() => read({ rows: Array(50_000).fill({ thing: 'a' }) })).toThrow('at most 1,000 rows');
		const many = Array(1000).fill({ thing: 'stats.read,a' });
		const lists = () => readRows(holding({ rows: many }), rows).map((row) => readTexts(row, THING));
		expect(lists()).toHaveLength(1000);
		expect(timeOf(lists)).toBeLessThan(50);
		for (const thing of ['a'.repeat(900), 'a,'.repeat(90), Array(900).fill('a')]) {
			const long = Array(900).fill({ thing });
			expect(() => read({ rows: long })).toThrow('with 200,000 characters in total');
		}
	});
});
