import type { PinnedItem } from './workflow.mts';

/** As a webhook gives it. */
const called = (body: object): PinnedItem => ({
	json: { headers: {}, params: {}, query: {}, body },
});

/** As a form gives it. */
const filledIn = (answers: object, binary?: PinnedItem['binary']): PinnedItem => ({
	json: { ...answers, submittedAt: '2026-11-26T09:00:00.000Z', formMode: 'test' },
	...(binary && { binary }),
});

const CSV = ['email,persona', 'ada@acme.example,developer', 'nobody,observer'].join('\n');

/**
 * What comes from outside in the examples with a webhook or a form: example -> node -> items. The editor of
 * `npm start` has it pinned, so that they run at one click; the files in examples/ have none of it.
 */
export const PINNED_INPUT: Record<string, Record<string, PinnedItem[]>> = {
	'new-hires': {
		'New Hires': [
			called({
				employees: [
					{
						employeeId: 'E-1',
						firstName: 'Grace',
						lastName: 'Hopper',
						workEmail: 'grace@acme.example',
						subuser: '',
					},
					{
						employeeId: 'E-2',
						firstName: 'Alan',
						lastName: 'Turing',
						workEmail: 'not an address',
						subuser: '',
					},
					{
						employeeId: 'E-3',
						firstName: 'Dev',
						lastName: 'Developer',
						workEmail: 'dev@acme.example',
						subuser: '',
					},
				],
			}),
		],
	},
	leavers: {
		Leavers: [
			called({
				employees: [
					{
						employeeId: 'E-4',
						firstName: 'Lee',
						lastName: 'Legacy',
						workEmail: 'lee@acme.example',
					},
					{
						employeeId: 'E-5',
						firstName: 'Adam',
						lastName: 'Admin',
						workEmail: 'adam@acme.example',
					},
				],
			}),
		],
	},
	'until-joined': {
		'New Colleague': [
			called({ name: 'Mary Jackson', email: 'mary@acme.example', manager: 'manager@example.com' }),
		],
		// The days pass at once, without an answer.
		'Wait a Day': [{ json: {} }],
	},
	'new-hire-form': {
		'New Hire Form': [
			filledIn({
				Name: 'Kay McNulty',
				'Work email': 'kay@acme.example',
				Access: 'Admin',
				Why: 'Looks after our account while Adam is away',
				'Your email': 'manager@example.com',
			}),
		],
	},
	csv: {
		Upload: [
			filledIn(
				{},
				{
					File: {
						data: Buffer.from(CSV).toString('base64'),
						mimeType: 'text/csv',
						fileName: 'people.csv',
					},
				},
			),
		],
	},
};
