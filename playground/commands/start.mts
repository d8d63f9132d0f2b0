/**
 * `npm start`: n8n's editor with the node, the example workflows and a credential in place, against the
 * sandbox. Runs until Ctrl-C.
 */
import { once } from 'node:events';

import { openEditor } from './editor.mts';

const editor = await openEditor({
	port: Number(process.env.PORT ?? 5678),
	onStep: (step) => console.log(`${step} …`),
});
try {
	console.log(editor.guide);
	await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
	console.log('\nStopping …');
} finally {
	await editor.close();
}
