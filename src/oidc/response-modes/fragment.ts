import { inFragment, type ResponseMode, redirectTo } from './response-mode.ts'

/** OAuth 2.0 Multiple Response Types, section 2.1. The fragment never leaves the browser. */
export const fragment: ResponseMode = {
  id: 'fragment',
  send: async ({ redirectUri, parameters }) => redirectTo(inFragment(redirectUri, parameters)),
}
