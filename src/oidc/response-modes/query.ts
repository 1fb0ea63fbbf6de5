import { inQuery, type ResponseMode, redirectTo } from './response-mode.ts'

/** OAuth 2.0 Multiple Response Types, section 2.1. */
export const query: ResponseMode = {
  id: 'query',
  send: async ({ redirectUri, parameters }) => redirectTo(inQuery(redirectUri, parameters)),
}
