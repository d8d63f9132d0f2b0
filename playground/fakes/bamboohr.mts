import type { FastifyInstance } from 'fastify';

import { Service } from './service.mts';

/** An entry of BambooHR's directory, which has only what the company shows to everybody. */
export interface Employee {
	displayName: string;
	/** Documented: null if the company has not filled it in. */
	workEmail: string | null;
	department: string | null;
	/** `Active` or `Inactive`, if the company's directory shows it. */
	status?: string;
}

const SUBDOMAIN = 'acme';
const API_KEY = 'bamboohr-key-of-the-playground';

/** BambooHR takes the key as the user name, with any password. */
const AUTHORIZATION = `Basic ${Buffer.from(`${API_KEY}:x`).toString('base64')}`;

/** BambooHR: the directory of a company's employees. */
export class BambooHr extends Service {
	readonly hosts = ['api.bamboohr.com'];

	readonly credential = {
		name: 'BambooHR account',
		type: 'bambooHrApi',
		data: { subdomain: SUBDOMAIN, apiKey: API_KEY },
	};

	employees: Employee[] = [];

	reset(): void {
		this.employees = [];
	}

	protected addRoutes(app: FastifyInstance): void {
		app.get<{ Params: { subdomain: string } }>(
			'/api/gateway.php/:subdomain/v1/employees/directory',
			async ({ params, headers }, reply) => {
				if (headers.authorization !== AUTHORIZATION) return await reply.code(401).send();
				if (params.subdomain !== SUBDOMAIN) return await reply.code(404).send();
				return {
					fields: ['displayName', 'workEmail', 'department'].map((id) => ({ id, type: 'text' })),
					employees: this.employees.map((employee, index) => ({
						id: String(index + 1),
						...employee,
					})),
				};
			},
		);
	}
}
