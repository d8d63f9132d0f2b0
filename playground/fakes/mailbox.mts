import type { ParsedMail } from 'mailparser';

import { createListener, type Listener } from '../../sandbox/listener.mts';
import type { SentEmail } from '../../sandbox/model.mts';

/** An email as the page shows it. */
interface Letter {
	from: string;
	to: string;
	subject: string;
	/** HTML without anything but text and links. */
	body: string;
}

/** Nothing is loaded and nothing runs, whatever an email holds. */
const HEADERS = {
	'content-type': 'text/html; charset=utf-8',
	'content-security-policy':
		"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'no-referrer',
	'cache-control': 'no-store',
};

const STYLE = `
	:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
	body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
	article { border: 1px solid #8885; border-radius: 6px; padding: 0 1rem .8rem; margin: 1rem 0; overflow-wrap: anywhere }
	h3 { margin-bottom: 0 }
	small { opacity: .7 }
`;

const escaped = (text: string) =>
	text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const addressesOf = (field: ParsedMail['to' | 'from']) =>
	[field ?? []]
		.flat()
		.map(({ text }) => text)
		.join(', ');

/** The parser has made text of HTML, escaped it, and made links of the addresses in it. */
const fromN8n = ({ from, to, subject = '', textAsHtml = '' }: ParsedMail): Letter => ({
	...{ from: addressesOf(from), to: addressesOf(to), subject, body: textAsHtml },
});

const fromSendGrid = ({ kind, email, account, region }: SentEmail): Letter => ({
	from: `SendGrid (${region})`,
	to: email,
	subject: `${kind === 'resend' ? 'Again: invitation' : 'Invitation'} to the account ${account}`,
	body: '',
});

const articleOf = ({ from, to, subject, body }: Letter) => `
	<article>
		<h3>${escaped(subject)}</h3>
		<small>${escaped(from)} → ${escaped(to)}</small>
		${body}
	</article>`;

const section = (title: string, letters: Letter[]) =>
	`<h2>${title}</h2>${letters.toReversed().map(articleOf).join('') || '<p>None yet.</p>'}`;

/**
 * A page on this machine with the emails that nobody got, latest first. Their links open in a new tab.
 *
 * @param mails what n8n has sent
 * @param sentEmails what SendGrid would have sent
 */
export async function startMailbox(
	mails: readonly ParsedMail[],
	sentEmails: readonly SentEmail[],
): Promise<Listener> {
	const { app, listen } = createListener({});
	app.get('/', (_request, reply) =>
		reply.headers(HEADERS).send(`<!doctype html>
<html lang="en">
<meta charset="utf-8" />
<meta http-equiv="refresh" content="5" />
<base target="_blank" />
<title>Emails (${mails.length + sentEmails.length})</title>
<style>${STYLE}</style>
${section('From n8n', mails.map(fromN8n))}
${section('From SendGrid, if it were the real one', sentEmails.map(fromSendGrid))}
</html>`),
	);
	return await listen(0);
}
