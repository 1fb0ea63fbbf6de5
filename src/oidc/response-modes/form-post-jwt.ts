import { formPage } from './form-post.ts'
import type { ResponseMode } from './response-mode.ts'
import { signedResponse } from './signed-response.ts'

/** JWT Secured Authorization Response Mode, section 2.3.3. */
export const formPostJwt: ResponseMode = {
  id: 'form_post.jwt',
  send: async (answer) => formPage(answer.redirectUri, await signedResponse(answer)),
}
