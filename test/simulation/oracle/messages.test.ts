import { claimOf } from './messages.mts';

test.each([
	["'ada@example.com' was not invited: SendGrid says no (HTTP 400). Check it.", 'nothing'],
	["The invitation of 'ada@example.com' was not sent again: it is gone", 'nothing'],
	["It is unclear whether 'ada@example.com' was invited: the connection broke off", 'unclear'],
	["The earlier invitation of 'ada@example.com' was revoked, but no new one was sent", 'partial'],
	[
		"The earlier invitation of 'ada@example.com' was revoked, and it is unclear whether the new one was sent: no answer came in time",
		'partial',
	],
	["'ada@example.com's earlier invitation was revoked, but the new one was refused", 'partial'],
	["'Email' must be an email address, such as nathan@example.com", 'refused'],
	["'ada@example.com' is at a domain that this credential doesn't allow", 'refused'],
	["This credential doesn't allow deleting teammates", 'refused'],
	["'ada@example.com' still has 'stats.read', although SendGrid accepted the change", 'other'],
	["The status of 'ada@example.com' could not be read: the execution was stopped", 'other'],
] as const)('recognises the kind of sentence: %s', (message, claim) => {
	expect(claimOf(message)).toBe(claim);
});
