/** The examples that work between SendGrid and other services, on stand-ins of those. */
import './examples/entraGroups';
import './examples/hrAndChat';
import './examples/roster';
