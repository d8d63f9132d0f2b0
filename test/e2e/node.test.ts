/** What the tests of these files need of n8n is the same, so one serves them all. */
import './node/credential';
import './node/editor';
import './node/invitations';
import './node/operations';
