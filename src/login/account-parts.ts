import type { AccountParts } from '../users/accounts.ts'
import type { SetPasswordParts } from '../users/passwords.ts'
import type { LoginServices } from './services.ts'

/** What the user room needs to write users and their passwords. */
export const accountParts = ({ database, ...services }: LoginServices): AccountParts & SetPasswordParts => ({ ...services, sql: database })
