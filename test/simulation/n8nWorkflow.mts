import { createRequire } from 'node:module';

/** n8n-workflow as the built node itself loads it. Its files for `import` don't run in Node.js directly. */
export const { NodeApiError, UserError, sleep } = createRequire(import.meta.url)(
	'n8n-workflow',
) as Pick<typeof import('n8n-workflow'), 'NodeApiError' | 'UserError' | 'sleep'>;
