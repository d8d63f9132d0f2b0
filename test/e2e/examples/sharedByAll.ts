import { BambooHr } from '../../../playground/fakes/bamboohr.mts';
import { GoogleSheets } from '../../../playground/fakes/google-sheets.mts';
import { MicrosoftGraph } from '../../../playground/fakes/microsoft-graph.mts';
import { Slack } from '../../../playground/fakes/slack.mts';
import { savedExamples } from '../savedExamples';
import { sharedN8n } from '../sharedN8n';

export const bambooHr = new BambooHr();
export const slack = new Slack();
export const googleSheets = new GoogleSheets();
export const graph = new MicrosoftGraph();

const services = [bambooHr, slack, googleSheets, graph];

/** One n8n for all examples, with every service that one of them works with. */
export const on = sharedN8n('examples', { hasCredential: false, services });
export const examples = savedExamples(on, services);
