/**
 * The build: what `n8n-node build` does, without what it would pick up beside the package (that tool copies every
 * picture below the project, also those of docs/ and playground/).
 */
const { execFile } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { promisify } = require('node:util');
const { dest, series, src } = require('gulp');

const clean = () => rm('dist', { recursive: true, force: true });

const compile = async () => {
	const compiler = require.resolve('typescript/bin/tsc');
	await promisify(execFile)(process.execPath, [compiler]).catch((failed) => {
		throw new Error(failed.stdout || failed.message);
	});
};

/** Icons and output schemas: what n8n reads beside the compiled files. */
const copyAssets = () =>
	src(
		[
			'icons/**/*.{png,svg}',
			// Each by its folder: a pattern that starts with a choice is searched in the whole project.
			'nodes/**/*.{png,svg}',
			'nodes/**/__schema__/**/*.json',
			'credentials/**/*.{png,svg}',
		],
		{ base: '.', encoding: false, allowEmpty: true },
	).pipe(dest('dist'));

exports['build:icons'] = copyAssets;
exports.build = series(clean, compile, copyAssets);
exports.default = exports.build;
