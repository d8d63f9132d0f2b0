import { simpleParser } from 'mailparser';

import { startMailbox } from '../../playground/fakes/mailbox.mts';

const LINK = 'http://127.0.0.1:5678/webhook-waiting/7?approved=true&signature=abc';

/** An email as n8n sends it. */
const mail = (subject: string, type: 'plain' | 'html', body: string) =>
	[
		'From: n8n@example.com',
		'To: it@example.com',
		`Subject: ${subject}`,
		`Content-Type: text/${type}; charset=utf-8`,
		'',
		body,
	].join('\r\n');

async function pageOf(...sources: string[]) {
	const mails = await Promise.all(sources.map(async (source) => await simpleParser(source)));
	const sent = {
		kind: 'resend',
		email: '<b>@acme.example',
		account: 'acme',
		region: 'eu',
	} as const;
	const mailbox = await startMailbox(mails, [{ ...sent, token: 'token-of-an-invitation', at: 0 }]);
	try {
		const response = await fetch(mailbox.url);
		return { page: await response.text(), headers: response.headers, url: mailbox.url };
	} finally {
		await mailbox.close();
	}
}

test('the page shows the emails, latest first, with links that can be clicked', async () => {
	const { page, url } = await pageOf(
		mail('First', 'plain', `Look: ${LINK}`),
		mail('Second', 'html', `<p>May Kay?</p><a href="${LINK.replace('&', '&amp;')}">Approve</a>`),
	);
	expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	expect(page.indexOf('Second')).toBeLessThan(page.indexOf('First'));
	expect(page).toContain('May Kay?');
	const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
	expect(links).toEqual([LINK, LINK]);
});

test('nothing of an email becomes more than text and links', async () => {
	const evil =
		'<script>alert(1)</script><img src="https://evil.example/x.png" onerror="alert(2)"><a href="javascript:alert(3)">x</a><form action="/">';
	const { page, headers } = await pageOf(
		mail('<script>alert(0)</script>', 'plain', evil),
		mail('"><img src=x>', 'html', evil),
	);
	const tags = new Set([...page.matchAll(/<(\/?[a-z!][\w]*)/gi)].map(([, tag]) => tag));
	for (const tag of ['script', 'img', 'form', 'b', 'iframe']) expect(tags).not.toContain(tag);
	expect(page).not.toMatch(/href="(?!http)/);
	expect(page).toContain('&#60;b&#62;@acme.example');
	expect(headers.get('content-security-policy')).toContain("default-src 'none'");
});

test("the page shows to whom SendGrid would have written, and no invitation's token", async () => {
	const { page } = await pageOf();
	expect(page).toContain('SendGrid (eu)');
	expect(page).not.toContain('token-of-an-invitation');
});
