import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** An email that has arrived. */
export interface Mail {
	to: string[];
	subject: string;
	/** Text or HTML, as it was sent. */
	body: string;
}

/** A mail server on this machine that keeps what it gets and delivers nothing. */
export interface FakeSmtp {
	readonly mails: Mail[];
	/** The data of an n8n credential of the type `smtp` for it. */
	readonly credential: Record<string, unknown>;
	close(): Promise<void>;
}

/** @param onMail gets all that is known of each email */
export async function startFakeSmtp(onMail?: (mail: ParsedMail) => void): Promise<FakeSmtp> {
	const mails: Mail[] = [];
	const smtp = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS'],
		closeTimeout: 1000,
		onData(stream, { envelope }, done) {
			simpleParser(stream)
				.then((mail) => {
					const { subject = '', text = '', html } = mail;
					const to = envelope.rcptTo.map(({ address }) => address);
					mails.push({ to, subject, body: (html || text).trim() });
					onMail?.(mail);
					done();
				})
				.catch(done);
		},
	});
	const { server } = smtp;
	await once(smtp.listen(0, '127.0.0.1'), 'listening');
	// A program that fails before it closes this must still end.
	server.unref();
	return {
		mails,
		credential: {
			host: '127.0.0.1',
			port: (server.address() as AddressInfo).port,
			secure: false,
			disableStartTls: true,
			user: '',
			password: '',
		},
		close: async () => await new Promise<void>((closed) => smtp.close(closed)),
	};
}
