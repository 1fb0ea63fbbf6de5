import { inQuery, type ResponseMode, redirectTo } from './response-mode.ts'
import { signedResponse } from './signed-response.ts'

/** JWT Secured Authorization Response Mode, section 2.3. */
export const queryJwt: ResponseMode = {
  id: 'query.jwt',
  send: async (answer) => redirectTo(inQuery(answer.redirectUri, await signedResponse(answer))),
}
