import type { Form } from '../../http/parameters.ts'
import { domainsTakingIn, emailDomain } from '../../realm/domains.ts'
import type { OrganizationFacts } from '../../realm/model.ts'
import { type OrganizationRow, organizations } from '../../storage/organizations.ts'
import type { UserRow } from '../../storage/users.ts'
import { resolveScopes } from '../../tokens/roles.ts'
import type { Authenticator } from '../authenticator.ts'
import { attemptedUsernameNote, chosenOrganizationLoginNote, identityFirstNote, rememberMeNote } from '../notes.ts'
import { errorContent } from '../pages/error.ts'
import { usernamePage } from '../pages/login-username.ts'
import type { Message, PageContent } from '../pages/page.ts'
import { selectOrganizationPage } from '../pages/select-organization.ts'
import type { Step, StepResult } from '../step.ts'
import { passkeysOf } from '../webauthn/passkeys.ts'
import { property } from './condition.ts'
import { limitedText } from './password-check.ts'

/** The forms behind it ask for the rest. */
const goOn: StepResult = { kind: 'attempted' }

/**
 * Asks who it is before anything else, in realms that have organizations, and for the organization where the application wants to know
 * one of several. It never lets anybody in: what stands behind it does.
 */
export const organization: Authenticator = {
  id: 'organization',
  label: 'Organization Identity-First Login',
  help: 'If organizations are enabled, automatically redirects users to the corresponding identity provider.',
  category: undefined,
  requirements: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  properties: [
    property('requiresUserMembership', {
      label: 'Requires user membership',
      helpText:
        "Enforces that users authenticating in the scope of an organization are members. If not a member, the user won't be able to proceed authenticating to the realm",
      type: 'boolean',
    }),
  ],
  needsUser: false,
  configuredFor: async ({ realm }) => realm.settings.organizationsEnabled === true,
  async start(step): Promise<StepResult> {
    if (!(await hasOrganizations(step))) return goOn
    const known = await step.user()
    if (known !== undefined) return chooseOrGoOn(step, known)
    const hint = step.session.request['login_hint']
    if (hint !== undefined && hint !== '' && step.session.notes[identityFirstNote] === undefined) return named(step, limitedText(hint))
    return { kind: 'challenge', page: await page(step) }
  },
  async submit(step, form): Promise<StepResult> {
    const known = await step.user()
    if (known !== undefined) return takeChoice(step, known, form)
    if (step.realm.settings.rememberMe && form.get('rememberMe') === 'on') step.session.notes[rememberMeNote] = 'true'
    const username = limitedText(form.get('username')).trim()
    if (username === '') return { kind: 'challenge', page: await page(step, { error: 'invalidUsernameMessage' }) }
    return named(step, username)
  },
}

const hasOrganizations = async ({ realm, services }: Step): Promise<boolean> =>
  realm.settings.organizationsEnabled === true && (await organizations(services.database).anyEnabled(realm.id))

/** A name that nobody has is asked for a password like every other: only an address of an organization's domain is told apart. */
async function named(step: Step, username: string): Promise<StepResult> {
  const { realm, services, session } = step
  session.notes[attemptedUsernameNote] = username
  const user = await services.users.findForLogin(realm, username)
  if (user !== undefined) {
    session.notes[identityFirstNote] = user.username
    const outsider = step.config['requiresUserMembership'] === 'true' ? await outsiderMessage(step, user) : undefined
    if (outsider !== undefined) {
      const page = errorContent({ message: outsider, status: 403 })
      return { kind: 'failure', error: 'access_denied', page }
    }
    step.identify(user)
    return chooseOrGoOn(step, user)
  }
  const domain = emailDomain(username)
  const matching = domain === undefined ? [] : await organizations(services.database).byDomain(realm.id, domainsTakingIn(domain))
  if (matching.length > 0)
    return { kind: 'challenge', page: await page(step, { message: { kind: 'error', key: 'federatedOrganizationWithoutAccount' } }) }
  session.notes[identityFirstNote] = username
  return goOn
}

/** What is told to somebody who is no member where he must be: of the organization that is asked for or has his address, or else of any. */
async function outsiderMessage(step: Step, user: UserRow): Promise<Pick<Message, 'key' | 'values'> | undefined> {
  const own = (await step.services.users.factsOf(user)).organizations
  const concerned = await concernedOrganizations(step, user)
  const other = concerned.find(({ id }) => !own.some((organization) => organization.id === id))
  if (other !== undefined) return { key: 'notMemberOfOrganization', values: [other.name] }
  return own.length === 0 ? { key: 'notMemberOfAnyOrganization' } : undefined
}

async function concernedOrganizations({ realm, client, services, session }: Step, user: UserRow): Promise<readonly OrganizationRow[]> {
  const rows = organizations(services.database)
  const scopes = resolveScopes(client, session.request['scope'])
  const [alias] = 'invalid' in scopes ? [] : (scopes.organizations?.aliases ?? [])
  if (alias !== undefined) return rows.search(realm.id, { alias }, { max: 1, first: 0 })
  const domain = emailDomain(user.email)
  return domain === undefined ? [] : rows.byDomain(realm.id, domainsTakingIn(domain))
}

/** The user's organizations, when the application asks for one of several and none has been chosen. */
async function organizationsToChoose(step: Step, user: UserRow): Promise<readonly OrganizationFacts[]> {
  const { client, services, session } = step
  if (session.notes[chosenOrganizationLoginNote] !== undefined) return []
  const scopes = resolveScopes(client, session.request['scope'])
  if ('invalid' in scopes || scopes.organizations?.kind !== 'any') return []
  const own = (await services.users.factsOf(user)).organizations
  return own.length < 2 ? [] : own
}

async function chooseOrGoOn(step: Step, user: UserRow): Promise<StepResult> {
  const choices = await organizationsToChoose(step, user)
  return choices.length === 0 ? goOn : choose(step, user, choices)
}

async function choose(step: Step, user: UserRow, choices: readonly OrganizationFacts[]): Promise<StepResult> {
  const rows = await organizations(step.services.database).ofMember(user.id)
  const names = rows.filter(({ id }) => choices.some((choice) => choice.id === id)).map(({ alias, name }) => ({ alias, name }))
  const restartUrl = step.link('restart')
  return {
    kind: 'challenge',
    page: selectOrganizationPage({ actionUrl: step.actionUrl, organizations: names, username: user.username, restartUrl }),
  }
}

async function takeChoice(step: Step, user: UserRow, form: Form): Promise<StepResult> {
  const choices = await organizationsToChoose(step, user)
  if (choices.length === 0) return goOn
  const chosen = choices.find(({ alias }) => alias === form.get('kc.org'))
  if (chosen === undefined) return choose(step, user, choices)
  step.session.notes[chosenOrganizationLoginNote] = chosen.id
  return goOn
}

async function page(step: Step, told: { readonly error?: string; readonly message?: Message } = {}): Promise<PageContent> {
  const { realm, session } = step
  const username = session.notes[attemptedUsernameNote] ?? session.request['login_hint']
  return usernamePage({
    actionUrl: step.actionUrl,
    ...(username === undefined ? {} : { username }),
    usernameEditable: true,
    passkeys: await passkeysOf(step),
    rememberMe: { allowed: realm.settings.rememberMe ?? false, checked: session.notes[rememberMeNote] === 'true' },
    ...(realm.settings.registrationAllowed ? { registrationUrl: step.link('registration') } : {}),
    ...told,
  })
}
