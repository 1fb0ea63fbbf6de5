import type { LoginServices } from '../login/services.ts'

/** What the protocol endpoints need: what a login needs, since they begin and end it. */
export type OidcServices = LoginServices
