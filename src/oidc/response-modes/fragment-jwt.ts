import { inFragment, type ResponseMode, redirectTo } from './response-mode.ts'
import { signedResponse } from './signed-response.ts'

/** JWT Secured Authorization Response Mode, section 2.3. */
export const fragmentJwt: ResponseMode = {
  id: 'fragment.jwt',
  send: async (answer) => redirectTo(inFragment(answer.redirectUri, await signedResponse(answer))),
}
