/** Which n8n to install and test with, and on which Node.js. Without dependencies, like install.mjs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT_ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** @param {string} modules a node_modules folder @returns {string} the `node` package's program */
export const nodeBinary = (modules) =>
	path.join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** The Node.js of the development packages. */
export const developmentNode = nodeBinary(path.join(PROJECT_ROOT, 'node_modules'));

/** The one of the demo and the editor. */
export const DEFAULT_N8N = 'n8n';

/** What is installed here, and what n8n makes of it. */
export const PLAYGROUND = path.join(PROJECT_ROOT, '.playground');

/** @param {string} name of an n8n */
export const modulesOfN8n = (name) => path.join(PLAYGROUND, name, 'node_modules');

/** A folder for each, with its package.json and its lock file. */
export const VERSIONS = path.join(PROJECT_ROOT, 'playground', 'versions');

/** @param {string} name of a folder of playground/versions/ */
export const isN8n = (name) => existsSync(path.join(VERSIONS, name, 'package.json'));

/**
 * @param {string[]} usual the default names, unless the environment variable PLAYGROUND_N8N names one
 * @returns {string[]}
 */
const chosenOr = (usual) => (process.env.PLAYGROUND_N8N ? [process.env.PLAYGROUND_N8N] : usual);

export const oneN8n = () => chosenOr([DEFAULT_N8N]);

export const allN8ns = () => chosenOr(readdirSync(VERSIONS).filter(isN8n));

/** @param {string} file @returns {string} nothing where there is none */
export const readOr = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** @param {string} file */
export const readJson = (file) => JSON.parse(readOr(file) || '{}');
