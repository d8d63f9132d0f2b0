import { createListener } from '../../sandbox/listener.mts';

/** One message of a conversation, as OpenAI's chat completions API has it. */
export interface ChatMessage {
	role: 'system' | 'user' | 'assistant' | 'tool';
	content: string | Array<{ type: string; text?: string }> | null;
	tool_calls?: Array<{
		id: string;
		type: 'function';
		function: { name: string; arguments: string };
	}>;
	/** Of a message of the role "tool": which call it answers. */
	tool_call_id?: string;
}

export interface ChatTool {
	type: 'function';
	function: { name: string; description: string; parameters: Record<string, unknown> };
}

export interface ChatRequest {
	model: string;
	messages: ChatMessage[];
	tools?: ChatTool[];
	stream?: boolean;
}

/** The tool that the model should call, and its input. */
export interface ToolCall {
	tool: string;
	arguments: Record<string, unknown>;
}

/** A stand-in for OpenAI that follows a script. */
export interface ChatModel {
	/** For the credential's base URL. */
	url: string;
	/** The tool calls of each of the model's next turns. Once it is empty, the model replies in words. */
	script: ToolCall[][];
	/** What the model says after its tools' answers. Default: the answers themselves, a line for each. */
	say: (told: string[]) => string;
	/** What the model was asked, in order. */
	requests: ChatRequest[];
	close(): Promise<void>;
}

export const textOf = ({ content }: ChatMessage): string =>
	typeof content === 'string' ? content : (content ?? []).map(({ text = '' }) => text).join('');

/** The tools' answers since the last message to the model. */
export function toldByTools({ messages }: ChatRequest): string[] {
	const since = messages.findLastIndex(({ role }) => role === 'user');
	return messages
		.slice(since + 1)
		.filter(({ role }) => role === 'tool')
		.map(textOf);
}

/** OpenAI refuses conversations in which a tool call has no answer. */
function unansweredCalls(messages: ChatMessage[]): string[] {
	const answered = new Set(messages.map((message) => message.tool_call_id));
	return messages
		.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id))
		.filter((id) => !answered.has(id));
}

const errorBody = (message: string) => ({ error: { message, type: 'invalid_request_error' } });

/** Starts one on 127.0.0.1. It takes any API key. */
export async function startChatModel(): Promise<ChatModel> {
	const model: Omit<ChatModel, 'url' | 'close'> = {
		script: [],
		say: (told) => told.join('\n'),
		requests: [],
	};
	let answers = 0;
	let calls = 0;

	/** The model's next message; an Error for a request that OpenAI would refuse. */
	function nextMessage(request: ChatRequest): ChatMessage {
		const unanswered = unansweredCalls(request.messages);
		if (unanswered.length > 0) {
			throw new Error(`these tool calls have no answer: ${unanswered.join(', ')}`);
		}
		const turn = model.script.shift();
		if (!turn) return { role: 'assistant', content: model.say(toldByTools(request)) };
		const offered = (request.tools ?? []).map((tool) => tool.function.name);
		const unknown = turn.find(({ tool }) => !offered.includes(tool));
		if (unknown) throw new Error(`there is no tool ${unknown.tool}, only: ${offered.join(', ')}`);
		const tool_calls = turn.map(({ tool, arguments: values }) => {
			calls += 1;
			const id = `call_${calls}`;
			const called = { name: tool, arguments: JSON.stringify(values) };
			return { id, type: 'function' as const, function: called };
		});
		return { role: 'assistant', content: null, tool_calls };
	}

	const { app, listen } = createListener({ bodyLimit: 16 * 1024 * 1024 });
	app.get('/v1/models', () => ({
		object: 'list',
		data: [{ id: 'gpt-4.1-mini', object: 'model' }],
	}));
	app.post<{ Body: ChatRequest }>('/v1/chat/completions', async ({ body }, reply) => {
		model.requests.push(body);
		let message: ChatMessage;
		try {
			message = nextMessage(body);
		} catch (error) {
			return await reply.code(400).send(errorBody(String(error)));
		}
		answers += 1;
		const answer = { id: `chatcmpl-${answers}`, created: 0, model: body.model };
		const finish_reason = message.tool_calls ? 'tool_calls' : 'stop';
		if (body.stream !== true) {
			return {
				...answer,
				object: 'chat.completion',
				choices: [{ index: 0, message, finish_reason }],
				usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
			};
		}
		const tool_calls = message.tool_calls?.map((call, index) => ({ index, ...call }));
		const chunks = [
			{ delta: { ...message, tool_calls }, finish_reason: null },
			{ delta: {}, finish_reason },
		].map((choice) => ({
			...answer,
			object: 'chat.completion.chunk',
			choices: [{ index: 0, ...choice }],
		}));
		const lines = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'];
		return await reply
			.type('text/event-stream')
			.send(lines.map((line) => `data: ${line}\n\n`).join(''));
	});

	const { url, close } = await listen(0);
	return Object.assign(model, { url: `${url}/v1`, close });
}
