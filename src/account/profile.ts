import { json, noContentUncached } from '../http/api-answers.ts'
import { readQuery } from '../http/parameters.ts'
import { type HttpResponse, jsonResponse } from '../http/values.ts'
import { changeDetails } from '../login/required-actions/update-profile.ts'
import { placeholder } from '../realm/defaults/placeholder.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { type AccountRepresentation, accountRepresentation } from '../representations/account.ts'
import { readRepresentation } from '../representations/request-body.ts'
import type { UserProfileMetadata } from '../representations/user-profile.ts'
import { users as userRows } from '../storage/users.ts'
import { scopesOfToken } from '../tokens/roles.ts'
import { storedValues, updateUser } from '../users/accounts.ts'
import { isColumn, type ProfileError, type ProfileValues, profileMetadata, profileValuesOf, visibleValues } from '../users/profile.ts'
import type { AccountContext, AccountRoute } from './account-route.ts'
import { report } from './answers.ts'
import { unauthorized } from './caller.ts'

export const profileRoutes: readonly AccountRoute[] = [
  { method: 'GET', path: '', summary: 'Who somebody is', roles: ['manage-account', 'view-profile'], handle: getProfile },
  { method: 'POST', path: '', summary: 'Change who somebody is', roles: ['manage-account'], handle: postProfile },
]

/** Who may change the e-mail address: nobody here where a required action does it, or where it is a name that may not be changed. */
type EmailRule = 'editable' | 'by action' | 'fixed'

async function emailRule(realm: RealmSnapshot): Promise<EmailRule> {
  const { requiredActions } = await realm.authentication()
  if (requiredActions.some(({ alias, enabled }) => alias === 'UPDATE_EMAIL' && enabled)) return 'by action'
  return realm.settings.registrationEmailAsUsername && !realm.settings.editUsernameAllowed ? 'fixed' : 'editable'
}

/** Attributes may be asked for, or be there at all, by the client scopes that the token was made for (reference behaviour). */
const scopesOf = ({ caller }: AccountContext): ReadonlySet<string> =>
  new Set(scopesOfToken(caller.client, String(caller.claims['scope'] ?? '')).scopes.map(({ name }) => name))

async function getProfile(context: AccountContext): Promise<HttpResponse> {
  const { request, realm, caller } = context
  const { user } = caller
  const values = profileValuesOf(user)
  const shown = visibleValues(realm, values, { context: 'account', scopes: scopesOf(context) })
  const attributes = Object.fromEntries(Object.entries(shown).filter(([name]) => !isColumn(name)))
  const withMetadata = readQuery(request).get('userProfileMetadata')
  return json({
    id: user.id,
    username: realm.settings.registrationEmailAsUsername ? (user.email ?? user.username) : user.username,
    firstName: user.firstName,
    lastName: user.lastName,
    email: user.email,
    emailVerified: user.emailVerified,
    ...(withMetadata === undefined || withMetadata.toLowerCase() === 'true'
      ? { userProfileMetadata: await metadata(context, values) }
      : {}),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  })
}

async function metadata(context: AccountContext, before: ProfileValues): Promise<UserProfileMetadata> {
  const { realm } = context
  const rule = await emailRule(realm)
  const described = profileMetadata(realm, { context: 'account', before, scopes: scopesOf(context) })
  const { registrationEmailAsUsername = false, editUsernameAllowed = false } = realm.settings
  return {
    ...described,
    attributes: (described.attributes ?? []).map((attribute) => {
      if (attribute.name === 'username')
        return {
          ...attribute,
          required: !registrationEmailAsUsername,
          readOnly: registrationEmailAsUsername || !editUsernameAllowed,
        }
      if (attribute.name !== 'email') return attribute
      const byAction: Record<string, unknown> = rule === 'by action' ? { 'kc.required.action.supported': true } : {}
      return {
        ...attribute,
        readOnly: rule !== 'editable' || (attribute.readOnly ?? false),
        annotations: { ...attribute.annotations, ...byAction },
      }
    }),
  }
}

/** What was sent, as values of the profile. A member that is absent is an attribute without a value, but for names that may not be changed. */
function valuesOf({ settings }: RealmSnapshot, given: AccountRepresentation): Record<string, readonly string[]> {
  const { username, email, firstName, lastName, attributes = {} } = given
  const one = (name: string, value: string | undefined): ProfileValues => (value === undefined ? {} : { [name]: [value] })
  const nameMissing = username === undefined && settings.editUsernameAllowed === true && settings.registrationEmailAsUsername !== true
  return {
    ...Object.fromEntries(Object.entries(attributes).filter(([name]) => !isColumn(name))),
    ...one('username', nameMissing ? '' : username),
    ...one('email', email),
    ...one('firstName', firstName),
    ...one('lastName', lastName),
  }
}

async function postProfile(context: AccountContext): Promise<HttpResponse> {
  const { request, services, realm, caller } = context
  const values = valuesOf(realm, readRepresentation(request, accountRepresentation))
  const row = await userRows(services.database).findById(realm.id, caller.user.id)
  if (row === undefined) throw unauthorized()
  const before = await storedValues(services.database, row)
  const errors: ProfileError[] = []
  const rule = await emailRule(realm)
  if (rule !== 'editable') {
    const isChanged = values['email'] !== undefined && values['email'][0]?.toLowerCase() !== before['email']?.[0]
    if (rule === 'by action' && isChanged) errors.push(readOnly(realm, 'email'))
    values['email'] = before['email'] ?? []
  }
  const parts = { ...services, sql: services.database }
  if (errors.length > 0) return refusal(errors)
  const result = await updateUser(parts, realm, row, {
    context: 'account',
    values,
    missing: 'remove',
    scopes: scopesOf(context),
    locale: localeOf(caller.user.attributes),
  })
  if (result.kind === 'refused') return refusal([...result.errors, ...(await otherName(context, values['username']?.[0], result.taken))])
  const after = await storedValues(services.database, result.user)
  report(context, { type: 'UPDATE_PROFILE', details: { context: 'ACCOUNT', ...changeDetails(before, after) } })
  return noContentUncached()
}

/** A name that may not be changed is told as taken all the same when somebody else has it (reference behaviour). */
async function otherName(
  { services, realm, caller }: AccountContext,
  name: string | undefined,
  taken: string | undefined,
): Promise<ProfileError[]> {
  if (!name || taken === 'username' || realm.settings.editUsernameAllowed || realm.settings.registrationEmailAsUsername) return []
  const other = await userRows(services.database).find(realm.id, name.toLowerCase())
  return other === undefined || other.id === caller.user.id
    ? []
    : [{ field: 'username', key: 'usernameExistsMessage', params: [placeholder('username')] }]
}

const localeOf = (attributes: ReadonlyMap<string, readonly string[]>): string => attributes.get('locale')?.[0] ?? 'en'

function readOnly(realm: RealmSnapshot, name: string): ProfileError {
  const { attributes = [] } = profileMetadata(realm, { context: 'account', before: {} })
  const displayName = attributes.find((attribute) => attribute.name === name)?.displayName
  return { field: name, key: 'error-user-attribute-read-only', params: [displayName ?? name] }
}

const takenKeys: readonly string[] = ['usernameExistsMessage', 'emailExistsMessage']
/** The order in which the reference tells of them; other attributes follow. */
const toldFirst: readonly string[] = ['firstName', 'lastName', 'email', 'username']

/** One error stands in the answer itself, too. */
function refusal(errors: readonly ProfileError[]): HttpResponse {
  const rank = ({ field }: ProfileError): number => (toldFirst.includes(field) ? toldFirst.indexOf(field) : toldFirst.length)
  const told = errors
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap(asTold)
    .map(({ field, key, params }) => ({ field, errorMessage: key, params: params.map((param) => (param === null ? null : String(param))) }))
  const status = errors.some(({ key }) => takenKeys.includes(key)) ? 409 : 400
  const [only, ...others] = told
  return jsonResponse(status, { ...(others.length === 0 ? only : {}), errors: told })
}

/** Two validators of the reference look at a name, and both say so. */
function asTold(error: ProfileError): ProfileError[] {
  const { field, key } = error
  if (field === 'username' && key === 'error-user-attribute-read-only') return [error, { ...error, key: 'readOnlyUsernameMessage' }]
  return [error]
}
