import { generateKeyPairSync, randomUUID, verify } from 'node:crypto';

import type { FastifyInstance, FastifyRequest } from 'fastify';

import { Service } from './service.mts';

type Cell = string | number | boolean;

interface Writing {
	range: string;
	values: Cell[][];
}

/** What the example has instead of the user's own. */
const SPREADSHEET = '/v4/spreadsheets/your-spreadsheet-id';

/** Google Sheets: one spreadsheet of a service account, as far as n8n's node reads and writes whole rows of it. */
export class GoogleSheets extends Service {
	readonly hosts = ['oauth2.googleapis.com', 'sheets.googleapis.com'];

	private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

	readonly credential = {
		name: 'Google Service Account account',
		type: 'googleApi',
		data: {
			email: 'reviews@playground.iam.gserviceaccount.com',
			privateKey: this.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		},
	};

	private readonly token = randomUUID();

	private sheets: Record<string, Cell[][]> = {};

	/** With the sheets of the examples, which are empty. */
	reset(): void {
		this.sheets = { 'Access review': [], Roster: [] };
	}

	/** Puts rows into a sheet in place of what is there, below a header with their names. */
	fill(title: string, rows: Array<Record<string, Cell>>): void {
		this.sheets[title] = [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))];
	}

	/** The rows below the header of a sheet, by the names in the header. */
	rows(title: string): Array<Record<string, Cell>> {
		const [header = [], ...rows] = this.sheets[title];
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
		app.post<{ Body: { assertion: string } }>('/token', ({ body }, reply) =>
			this.isSigned(body.assertion)
				? { access_token: this.token, expires_in: 3599, token_type: 'Bearer' }
				: reply.code(400).send({ error: 'invalid_grant', error_description: 'Invalid JWT.' }),
		);
		// Google ends paths with a colon and the name of an action, which the router would misread.
		app.all(`${SPREADSHEET}*`, (request, reply) =>
			request.headers.authorization === `Bearer ${this.token}`
				? this.answer(request)
				: reply.code(401).send({ error: { code: 401, status: 'UNAUTHENTICATED' } }),
		);
	}

	/** Documented: RFC 7523. */
	private isSigned(assertion: string): boolean {
		const [head, payload, signature = ''] = assertion.split('.');
		const signed = Buffer.from(`${head}.${payload}`);
		return verify('RSA-SHA256', signed, this.keys.publicKey, Buffer.from(signature, 'base64url'));
	}

	private answer({ method, url, body }: FastifyRequest): unknown {
		const { pathname, searchParams } = new URL(url, 'https://sheets.googleapis.com');
		const [action, range] = decodeURIComponent(pathname.slice(SPREADSHEET.length)).split(
			'/values/',
		);
		if (range !== undefined && method === 'GET') return this.read(range);
		if (range !== undefined) {
			return this.write([{ ...(body as Writing), range }], searchParams.get('valueInputOption'));
		}
		if (action === '/values:batchUpdate') {
			const { data, valueInputOption } = body as { data: Writing[]; valueInputOption: string };
			return this.write(data, valueInputOption);
		}
		// Else it asks for the sheets there are, or for room for more rows, of which there is enough.
		return {
			sheets: Object.keys(this.sheets).map((title, sheetId) => ({
				properties: { sheetId, title, index: sheetId, sheetType: 'GRID' },
			})),
		};
	}

	/** `Sheet`, `'Sheet'!2:9` or `Sheet!C5`: the sheet, and where in it that begins. */
	private areaOf(range: string): { sheet: Cell[][]; row: number; column: number } {
		const [, title = '', letter = 'A', row = '1'] =
			/^'?([^'!]+)'?(?:!([A-Z])?(\d+)?)?/.exec(range) ?? [];
		return {
			sheet: this.sheets[title],
			row: Number(row) - 1,
			column: letter.charCodeAt(0) - 'A'.charCodeAt(0),
		};
	}

	/** All from the range's first cell, whatever its last one is. Documented: without `values` if there are none. */
	private read(range: string) {
		const { sheet, row, column } = this.areaOf(range);
		const values = sheet.slice(row).map((cells) => cells.slice(column));
		return { range, majorDimension: 'ROWS', ...(values.length > 0 && { values }) };
	}

	/** Entered as by a user, a text that begins with `=` is a formula; none is computed here. */
	private write(writings: Writing[], inputOption: string | null) {
		for (const { range, values } of writings) {
			const { sheet, row, column } = this.areaOf(range);
			for (const [down, cells] of values.entries()) {
				const target = (sheet[row + down] ??= []);
				for (const [across, cell] of cells.entries()) {
					const isFormula = inputOption !== 'RAW' && String(cell).startsWith('=');
					target[column + across] = isFormula ? '#ERROR!' : cell;
				}
			}
		}
		return {};
	}
}
