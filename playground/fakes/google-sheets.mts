import { generateKeyPairSync, randomUUID, verify } from 'node:crypto';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { Service } from './service.mts';

type Cell = string | number | boolean;

/** The cells of a sheet from a row and a column on. */
interface Area {
	title: string;
	/** Both from 0. */
	row: number;
	column: number;
}

interface Writing {
	range: string;
	values: Cell[][];
}

/** What a service account claims to get a token. */
interface Claims {
	iss: string;
	aud: string;
	scope: string;
	/** Epoch seconds. */
	exp: number;
}

/** A failure in Google's form. */
class Refusal extends Error {
	readonly code: number;
	readonly status: string;

	constructor(code: number, status: string, message: string) {
		super(message);
		this.code = code;
		this.status = status;
	}
}

const EMAIL = 'reviews@playground.iam.gserviceaccount.com';
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const SCOPE = 'https://www.googleapis.com/auth/spreadsheets';
const TOKEN_SECONDS = 3599;

/** What the example has instead of the user's own. */
const SPREADSHEET_ID = 'your-spreadsheet-id';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Number of a column from its letters, starting at 0. */
const columnOf = (letters: string) =>
	[...letters].reduce((sum, letter) => sum * LETTERS.length + LETTERS.indexOf(letter) + 1, 0) - 1;

/** `'Sheet'`, `Sheet!2:9` or `Sheet!C5` */
function areaOf(range: string): Area {
	const [, quoted, plain, letters = '', row = ''] =
		/^(?:'([^']+)'|([^!']+))(?:!([A-Z]*)(\d*)(?::.*)?)?$/.exec(range) ?? [];
	const title = quoted ?? plain;
	if (title === undefined) {
		throw new Refusal(400, 'INVALID_ARGUMENT', `Unable to parse range: ${range}`);
	}
	return { title, row: row ? Number(row) - 1 : 0, column: letters ? columnOf(letters) : 0 };
}

/** Documented: rows and cells after the last one with content are left out. */
function trimmed<T>(list: T[], isEmpty: (entry: T) => boolean): T[] {
	return list.slice(0, list.findLastIndex((entry) => !isEmpty(entry)) + 1);
}

/**
 * Google Sheets: one spreadsheet of a service account. A text that begins with `=` is a formula unless it is
 * entered as RAW; formulas are not computed here.
 */
export class GoogleSheets extends Service {
	readonly hosts = ['oauth2.googleapis.com', 'sheets.googleapis.com'];

	private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

	readonly credential = {
		name: 'Google Service Account account',
		type: 'googleApi',
		data: {
			email: EMAIL,
			privateKey: this.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		},
	};

	private readonly tokens = new Set<string>();
	private sheets = new Map<string, Cell[][]>();

	/** With the sheets of the examples, which are empty. */
	reset(): void {
		this.sheets = new Map([
			['Access review', []],
			['Roster', []],
		]);
	}

	/** Puts rows into a sheet in place of what is there, below a header with their names. */
	fill(title: string, rows: Array<Record<string, Cell>>): void {
		const header = Object.keys(rows[0] ?? {});
		this.sheets.set(title, [header, ...rows.map((row) => header.map((name) => row[name] ?? ''))]);
	}

	/** The rows below the header of a sheet, by the names in the header. */
	rows(title: string): Array<Record<string, Cell>> {
		const [header = [], ...rows] = this.sheet(title);
		return rows.map((row) =>
			Object.fromEntries(header.map((name, column) => [String(name), row[column] ?? ''])),
		);
	}

	protected addRoutes(app: FastifyInstance): void {
		app.addContentTypeParser(
			'application/x-www-form-urlencoded',
			{ parseAs: 'string' },
			(_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
		);
		app.setErrorHandler(async (error, _request, reply) => {
			if (!(error instanceof Refusal)) throw error;
			const { code, status, message } = error;
			await reply.code(code).send({ error: { code, status, message } });
		});
		app.post('/token', async (request, reply) => await this.grantToken(request, reply));
		// Google ends paths with a colon and the name of an action, which the router would misread.
		app.all('/v4/spreadsheets/*', async (request) => this.answer(request));
	}

	/** Documented: RFC 7523. */
	private async grantToken({ body }: FastifyRequest, reply: FastifyReply): Promise<unknown> {
		const { assertion = '' } = body as { assertion?: string };
		const [head, payload, signature = ''] = assertion.split('.');
		const isSigned = verify(
			'RSA-SHA256',
			Buffer.from(`${head}.${payload}`),
			this.keys.publicKey,
			Buffer.from(signature, 'base64url'),
		);
		const refuse = async (description: string) =>
			await reply.code(400).send({ error: 'invalid_grant', error_description: description });
		if (!isSigned) return await refuse('Invalid JWT Signature.');
		const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
		if (claims.iss !== EMAIL) return await refuse('Invalid grant: account not found');
		if (claims.aud !== TOKEN_URL || claims.exp * 1000 < Date.now()) {
			return await refuse('Invalid JWT.');
		}
		const token = `${claims.scope.split(' ').includes(SCOPE) ? 'sheets' : 'other'}-${randomUUID()}`;
		this.tokens.add(token);
		return { access_token: token, expires_in: TOKEN_SECONDS, token_type: 'Bearer' };
	}

	private answer({ method, url, headers, body }: FastifyRequest): unknown {
		const token = headers.authorization?.replace('Bearer ', '') ?? '';
		if (!this.tokens.has(token)) {
			throw new Refusal(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
		}
		if (!token.startsWith('sheets-')) {
			throw new Refusal(403, 'PERMISSION_DENIED', 'Insufficient authentication scopes.');
		}
		const { pathname, searchParams } = new URL(url, 'https://sheets.googleapis.com');
		const path = decodeURIComponent(pathname.slice('/v4/spreadsheets/'.length));
		const [, id, rest] = /^([\w-]+)(.*)$/.exec(path) ?? [];
		if (id !== SPREADSHEET_ID) {
			throw new Refusal(404, 'NOT_FOUND', 'Requested entity was not found.');
		}
		const range = rest.startsWith('/values/') ? rest.slice('/values/'.length) : '';
		const inputOption = searchParams.get('valueInputOption');

		if (method === 'GET' && rest === '') return { sheets: this.properties() };
		if (method === 'GET' && range) return this.read(range);
		if (method === 'PUT' && range) {
			return this.write([{ ...(body as Writing), range }], inputOption);
		}
		if (method === 'POST' && rest === '/values:batchUpdate') {
			const { data, valueInputOption } = body as { data: Writing[]; valueInputOption: string };
			return this.write(data, valueInputOption);
		}
		// Room for more rows, which there always is here.
		if (method === 'POST' && rest === ':batchUpdate') return { spreadsheetId: id, replies: [{}] };
		throw new Refusal(404, 'NOT_FOUND', `The stand-in does not know ${method} ${pathname}`);
	}

	private properties() {
		return [...this.sheets.keys()].map((title, index) => ({
			properties: { sheetId: index, title, index, sheetType: 'GRID' },
		}));
	}

	private sheet(title: string): Cell[][] {
		const sheet = this.sheets.get(title);
		if (sheet) return sheet;
		throw new Refusal(400, 'INVALID_ARGUMENT', `Unable to parse range: ${title}`);
	}

	/** The whole sheet from the range's first cell, whatever its last one is. */
	private read(range: string) {
		const { title, row, column } = areaOf(range);
		const rows = this.sheet(title).slice(row);
		const cells = rows.map((cellsOfRow) =>
			trimmed(cellsOfRow.slice(column), (cell) => cell === ''),
		);
		const values = trimmed(cells, (cellsOfRow) => cellsOfRow.length === 0);
		// Documented: without `values` if there are none.
		return { range, majorDimension: 'ROWS', ...(values.length > 0 && { values }) };
	}

	private write(writings: Writing[], inputOption: string | null) {
		if (inputOption !== 'RAW' && inputOption !== 'USER_ENTERED') {
			throw new Refusal(
				400,
				'INVALID_ARGUMENT',
				"'valueInputOption' is required but not specified",
			);
		}
		for (const { range, values } of writings) {
			const { title, row, column } = areaOf(range);
			const sheet = this.sheet(title);
			for (const [down, cells] of values.entries()) {
				while (sheet.length <= row + down) sheet.push([]);
				const target = sheet[row + down];
				for (const [across, cell] of cells.entries()) {
					while (target.length <= column + across) target.push('');
					const isFormula = inputOption === 'USER_ENTERED' && String(cell).startsWith('=');
					target[column + across] = isFormula ? '#ERROR!' : cell;
				}
			}
		}
		return { spreadsheetId: SPREADSHEET_ID };
	}
}
