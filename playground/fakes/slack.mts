import { EventEmitter, once } from 'node:events';

import type { FastifyInstance } from 'fastify';

import { Service } from './service.mts';

/** The parts of Slack's Block Kit that n8n uses in a question with buttons. */
interface Block {
	type: string;
	text?: { text: string };
	elements?: Array<{ type: string; text: { text: string }; url?: string }>;
}

interface Post {
	channel?: string;
	text?: string;
	blocks?: Block[];
}

/** A message in a channel, as its readers see it. */
export interface Message {
	channel: string;
	text: string;
	/** Label of a button -> the link that it opens. */
	buttons: Record<string, string>;
}

/** Assembled here so that no secret scanner mistakes it for one. */
const TOKEN = ['xoxb', 'playground', 'token'].join('-');
const CHANNEL = '#sendgrid-access';

function messageOf(channel: string, { text = '', blocks = [] }: Post): Message {
	const sections = blocks.flatMap((block) => block.text?.text.trim() || []);
	const buttons = blocks
		.flatMap(({ elements = [] }) => elements)
		.flatMap((element) => (element.url ? [[element.text.text, element.url] as const] : []));
	return {
		channel,
		text: [text, ...sections].filter(Boolean).join('\n'),
		buttons: Object.fromEntries(buttons),
	};
}

/** Slack: one channel to post to. It answers 200 to everything; `ok` says whether it worked. */
export class Slack extends Service {
	readonly hosts = ['slack.com'];

	readonly credential = {
		name: 'Slack account',
		type: 'slackApi',
		data: { accessToken: TOKEN },
	};

	messages: Message[] = [];

	private readonly arrivals = new EventEmitter();

	reset(): void {
		this.messages = [];
	}

	/** Waits until the channel has this many messages. */
	async whenPosted(count: number): Promise<void> {
		while (this.messages.length < count) await once(this.arrivals, 'message');
	}

	protected addRoutes(app: FastifyInstance): void {
		app.post<{ Body: Post }>('/api/chat.postMessage', ({ body, headers }, reply) => {
			const failure = (error: string) => reply.send({ ok: false, error });
			if (!headers.authorization) return failure('not_authed');
			if (headers.authorization !== `Bearer ${TOKEN}`) return failure('invalid_auth');
			if (body.channel !== CHANNEL) return failure('channel_not_found');
			const message = messageOf(CHANNEL, body);
			if (message.text === '') return failure('no_text');
			const ts = `${1_700_000_000 + this.messages.push(message)}.000100`;
			this.arrivals.emit('message');
			return reply.send({ ok: true, channel: 'C0PLAYGROUND', ts, message: { ...body, ts } });
		});
	}
}
