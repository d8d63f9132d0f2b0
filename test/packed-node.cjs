/** Packs the node once for all test files, each of which installs it in an n8n of its own. */
module.exports = async () => {
	const { pack } = await import('../playground/n8n/community-package.mts');
	const { n8nEnvironmentFolder, PROJECT_ROOT } = await import('../playground/n8n/runtime.mts');
	process.env.PACKED_NODE = await pack(PROJECT_ROOT, n8nEnvironmentFolder('package'));
};
