/**
 * Where the tests run: Jest's environment for Node.js, but in the one context that the process itself has. So large
 * packages are loaded once for all files, by Node.js; Jest would load n8n's engine, two thousand modules, again for each
 * file, and keep it. What is ours is as new in each file, also the built node, which n8n's engine loads.
 *
 * This is also the transformer of those packages, to what is there already.
 */
const { registerHooks } = require('node:module');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const vm = require('node:vm');

const { createInstrumenter } = require('istanbul-lib-instrument');
const { TestEnvironment } = require('jest-environment-node');

const BUILT = path.join(__dirname, '..', 'dist') + path.sep;
const REQUIRE = '__requireOnce';

// Jest names the context that it compiles for, and the one of the process cannot be named.
const { compileFunction } = vm;
vm.compileFunction = (code, parameters, { parsingContext, ...options } = {}) =>
	compileFunction(code, parameters, {
		...options,
		...(parsingContext !== globalThis && { parsingContext }),
	});

/** Counts in what is built alone. V8 would count in all that the process has loaded, at three times the time. */
const counting = () => {
	const instrumenter = createInstrumenter();
	const sources = new Map();
	return (url, about, next) => {
		const loaded = next(url, about);
		const file = url.startsWith('file:') ? fileURLToPath(url) : '';
		if (!file.startsWith(BUILT) || !file.endsWith('.js')) return loaded;
		if (!sources.has(file)) {
			sources.set(file, instrumenter.instrumentSync(String(loaded.source), file));
		}
		return { ...loaded, source: sources.get(file) };
	};
};

let hooks;

module.exports = class OneContext extends TestEnvironment {
	static process = (_code, file) => ({
		code: `module.exports = ${REQUIRE}(${JSON.stringify(file)});`,
	});

	constructor(config, context) {
		super(config, context);
		this.before = Object.getOwnPropertyDescriptors(globalThis);
		const { exit, getBuiltinModule } = process;
		this.ofProcess = { exit, getBuiltinModule };
		this.global = globalThis;
		this.moduleMocker = new this.moduleMocker.constructor(globalThis);
		this.fakeTimersModern = new this.fakeTimersModern.constructor({
			config: config.projectConfig,
			global: globalThis,
		});
		globalThis[REQUIRE] = require;
		// A configuration that puts other packages in the place of some does so for Node.js too.
		const { moduleNameMapper } = config.projectConfig;
		hooks ??= registerHooks({
			...(config.globalConfig.collectCoverage && { load: counting() }),
			resolve: (name, about, next) =>
				next(
					moduleNameMapper.reduce(
						(mapped, [pattern, place]) => mapped.replace(new RegExp(pattern), place),
						name,
					),
					about,
				),
		});
		for (const file of Object.keys(require.cache)) {
			if (file.startsWith(BUILT)) delete require.cache[file];
		}
	}

	getVmContext() {
		return globalThis;
	}

	/** Takes back what Jest has put into the one context, and lets go of the file's tests with it. */
	async teardown() {
		await super.teardown();
		Object.assign(process, this.ofProcess);
		for (const key of Reflect.ownKeys(globalThis)) {
			const { value, writable } = this.before[key] ?? {};
			if (writable && globalThis[key] !== value) globalThis[key] = value;
			if (typeof key === 'symbol' && !(key in this.before)) Reflect.deleteProperty(globalThis, key);
		}
	}
};
