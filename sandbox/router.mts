import type { Endpoint } from './endpoint.mts';
import { invitationEndpoints } from './endpoints/invitations.mts';
import { scopeEndpoints } from './endpoints/scopes.mts';
import { ssoTeammateEndpoints } from './endpoints/sso-teammates.mts';
import { subuserEndpoints } from './endpoints/subusers.mts';
import { teammateEndpoints } from './endpoints/teammates.mts';

export const ENDPOINTS: readonly Endpoint[] = [
	...invitationEndpoints,
	...teammateEndpoints,
	...subuserEndpoints,
	...scopeEndpoints,
	...ssoTeammateEndpoints,
];

export interface Route {
	endpoint: Endpoint;
	/** Percent-decoded. */
	params: Record<string, string>;
}

interface Pattern {
	endpoint: Endpoint;
	segments: string[];
	/** Fixed segments win: `pending` in /v3/teammates/pending isn't a username. */
	parameters: number;
}

const patterns: readonly Pattern[] = ENDPOINTS.map((endpoint) => {
	const segments = endpoint.path.split('/');
	return {
		endpoint,
		segments,
		parameters: segments.filter((segment) => segment.startsWith(':')).length,
	};
}).sort((one, other) => one.parameters - other.parameters);

/** The endpoint of a path as sent, percent-encoded and without its query. Undefined: an unknown path. */
export function routeOf(method: string, path: string): Route | undefined {
	const segments = path.split('/');
	const found = patterns.find(
		(pattern) =>
			pattern.endpoint.method === method &&
			pattern.segments.length === segments.length &&
			pattern.segments.every(
				(segment, index) =>
					segment === segments[index] || (segment.startsWith(':') && segments[index] !== ''),
			),
	);
	if (!found) return undefined;
	try {
		const params = found.segments.flatMap((segment, index) =>
			segment.startsWith(':') ? [[segment.slice(1), decodeURIComponent(segments[index])]] : [],
		);
		return { endpoint: found.endpoint, params: Object.fromEntries(params) };
	} catch {
		// A bare % is invalid percent-encoding, so the path is unknown.
		return undefined;
	}
}
