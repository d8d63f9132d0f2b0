/**
 * The scanner that n8n runs on a community package before it is verified, on a folder: `node scripts/scan.mjs
 * <folder> source|published`. Its third part, npm's provenance, needs a published package.
 */
import { resolve } from 'node:path';

import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

const PATTERNS = {
	source: SOURCE_FILE_PATTERNS,
	published: ['**/*.js', 'package.json'],
};

const [folder, leg] = process.argv.slice(2);
if (!folder || !(leg in PATTERNS)) {
	console.log('Usage: node scripts/scan.mjs <folder> source|published');
	process.exit(2);
}

const { passed, message, details } = await analyzePackage(resolve(folder), PATTERNS[leg]);
console.log(passed ? `passed (${leg})` : [message, details].filter(Boolean).join('\n'));
process.exit(passed ? 0 : 1);
