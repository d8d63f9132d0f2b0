/** The examples that work between SendGrid and other services, on stand-ins of those. */
import './services/entraGroups';
import './services/hrAndChat';
import './services/roster';
