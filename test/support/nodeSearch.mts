/** The search of n8n's node panel. It takes words in the order in which they stand in a name or an alias. */
export { sublimeSearch } from '@n8n/utils/search/sublime-search';
