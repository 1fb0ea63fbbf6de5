import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { LoginServices } from '../login/services.ts'

/** Draws the page of the Account Console: for GET and HEAD of any path below /realms/{realm}/account that does not ask for JSON, whatever the realm. */
export type AccountConsole = (request: HttpRequest) => Promise<HttpResponse>

/** What the Account REST API needs. */
export interface AccountServices extends LoginServices {
  /** Undefined on a server without a console. */
  readonly accountConsole?: AccountConsole | undefined
}
