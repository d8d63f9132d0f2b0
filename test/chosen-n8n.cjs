/** The n8n that the environment variable PLAYGROUND_N8N names, and its version. */
const name = process.env.PLAYGROUND_N8N || 'n8n';

module.exports = {
	name,
	version: require(`../playground/versions/${name}/package.json`).dependencies.n8n,
};
