import { sharedN8n } from '../sharedN8n';

/** One n8n for all of this folder: its start takes as long as the tests of a file. */
export const on = sharedN8n('node');
