/** Public names: saved workflows depend on them. */
export const NODE_TYPE = 'n8n-nodes-sendgrid-teammates.sendGridTeammates';
export const TRIGGER_TYPE = 'n8n-nodes-sendgrid-teammates.sendGridTeammatesTrigger';
export const CREDENTIAL_TYPE = 'sendGridTeammatesApi';
