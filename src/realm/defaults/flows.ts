import type { Random } from '../../crypto/random.ts'
import type {
  AuthenticationExecutionExportRepresentation,
  AuthenticationFlowRepresentation,
  AuthenticatorConfigRepresentation,
} from '../../representations/authentication.ts'
import type { RealmRepresentation } from '../../representations/realm.ts'

type Requirement = 'REQUIRED' | 'ALTERNATIVE' | 'DISABLED' | 'CONDITIONAL'

interface Flow {
  readonly alias: string
  readonly description?: string
  readonly providerId?: 'client-flow' | 'form-flow'
  readonly steps: readonly Step[]
}

interface Step {
  readonly authenticator?: string
  readonly requirement: Requirement
  readonly priority: number
  /** Alias of its configuration in `configs`. */
  readonly config?: string
  readonly flow?: Flow
  /** Left out of the master realm, whose flows the reference makes without organizations. */
  readonly organizations?: true
}

const run = (authenticator: string, requirement: Requirement, priority: number, more: Partial<Step> = {}): Step => ({
  authenticator,
  requirement,
  priority,
  ...more,
})
const go = (flow: Flow, requirement: Requirement, priority: number, more: Partial<Step> = {}): Step => ({
  flow,
  requirement,
  priority,
  ...more,
})
/** The steps of a flow that all are required, 10 apart. */
const required = (...authenticators: string[]): Step[] => authenticators.map((a, i) => run(a, 'REQUIRED', 10 * (i + 1)))
const whenConfigured = (...rest: string[]): Step[] => required('conditional-user-configured', ...rest)

const secondFactor = (alias: string, config: string): Flow => ({
  alias,
  description: 'Flow to determine if any 2FA is required for the authentication',
  steps: [
    run('conditional-user-configured', 'REQUIRED', 10),
    run('conditional-credential', 'REQUIRED', 20, { config }),
    run('auth-otp-form', 'ALTERNATIVE', 30),
    run('webauthn-authenticator', 'DISABLED', 40),
    run('auth-recovery-authn-code-form', 'DISABLED', 50),
  ],
})

const configs: Readonly<Record<string, Readonly<Record<string, string>>>> = Object.freeze({
  'browser-conditional-credential': { credentials: 'webauthn-passwordless' },
  'review profile config': { 'update.profile.on.first.login': 'missing' },
  'create unique user config': { 'require.password.update.after.registration': 'false' },
  'first-broker-login-conditional-credential': { credentials: 'webauthn-passwordless' },
})

const organization: Flow = {
  alias: 'Organization',
  steps: [
    go(
      {
        alias: 'Browser - Conditional Organization',
        description: 'Flow to determine if the organization identity-first login is to be used',
        steps: [run('conditional-user-configured', 'REQUIRED', 10), run('organization', 'ALTERNATIVE', 20)],
      },
      'CONDITIONAL',
      10,
    ),
  ],
}

const forms: Flow = {
  alias: 'forms',
  description: 'Username, password, otp and other auth forms.',
  steps: [
    run('auth-username-password-form', 'REQUIRED', 10),
    go(secondFactor('Browser - Conditional 2FA', 'browser-conditional-credential'), 'CONDITIONAL', 20),
  ],
}

const reauthentication: Flow = {
  alias: 'Verify Existing Account by Re-authentication',
  description: 'Reauthentication of existing account',
  steps: [
    run('idp-username-password-form', 'REQUIRED', 10),
    go(secondFactor('First broker login - Conditional 2FA', 'first-broker-login-conditional-credential'), 'CONDITIONAL', 20),
  ],
}

const verification: Flow = {
  alias: 'Account verification options',
  description: 'Method with which to verify the existing account',
  steps: [run('idp-email-verification', 'ALTERNATIVE', 10), go(reauthentication, 'ALTERNATIVE', 20)],
}

const existingAccount: Flow = {
  alias: 'Handle Existing Account',
  description: 'Handle what to do if there is existing account with same email/username like authenticated identity provider',
  steps: [run('idp-confirm-link', 'REQUIRED', 10), go(verification, 'REQUIRED', 20)],
}

const creationOrLinking: Flow = {
  alias: 'User creation or linking',
  description: 'Flow for the existing/non-existing user alternatives',
  steps: [
    run('idp-create-user-if-unique', 'ALTERNATIVE', 10, { config: 'create unique user config' }),
    go(existingAccount, 'ALTERNATIVE', 20),
  ],
}

/** The built-in flows in the order in which the reference makes and lists them. */
const builtInFlows: readonly Flow[] = Object.freeze([
  {
    alias: 'browser',
    description: 'Browser based authentication',
    steps: [
      run('auth-cookie', 'ALTERNATIVE', 10),
      run('auth-spnego', 'DISABLED', 20),
      run('identity-provider-redirector', 'ALTERNATIVE', 25),
      go(organization, 'ALTERNATIVE', 26, { organizations: true }),
      go(forms, 'ALTERNATIVE', 30),
    ],
  },
  {
    alias: 'direct grant',
    description: 'OpenID Connect Resource Owner Grant',
    steps: [
      ...required('direct-grant-validate-username', 'direct-grant-validate-password'),
      go(
        {
          alias: 'Direct Grant - Conditional OTP',
          description: 'Flow to determine if the OTP is required for the authentication',
          steps: whenConfigured('direct-grant-validate-otp'),
        },
        'CONDITIONAL',
        30,
      ),
    ],
  },
  {
    alias: 'registration',
    description: 'Registration flow',
    steps: [
      go(
        {
          alias: 'registration form',
          description: 'Registration form',
          providerId: 'form-flow',
          steps: [
            run('registration-user-creation', 'REQUIRED', 20),
            run('registration-password-action', 'REQUIRED', 50),
            run('registration-recaptcha-action', 'DISABLED', 60),
            run('registration-terms-and-conditions', 'DISABLED', 70),
          ],
        },
        'REQUIRED',
        10,
        { authenticator: 'registration-page-form' },
      ),
    ],
  },
  {
    alias: 'reset credentials',
    description: 'Reset credentials for a user if they forgot their password or something',
    steps: [
      ...required('reset-credentials-choose-user', 'reset-credential-email', 'reset-password'),
      go(
        {
          alias: 'Reset - Conditional OTP',
          description: 'Flow to determine if the OTP should be reset or not. Set to REQUIRED to force.',
          steps: whenConfigured('reset-otp'),
        },
        'CONDITIONAL',
        40,
      ),
    ],
  },
  {
    alias: 'clients',
    description: 'Base authentication for clients',
    providerId: 'client-flow',
    steps: [
      run('client-secret', 'ALTERNATIVE', 10),
      run('client-jwt', 'ALTERNATIVE', 20),
      run('client-secret-jwt', 'ALTERNATIVE', 30),
      run('client-x509', 'ALTERNATIVE', 40),
      run('federated-jwt', 'ALTERNATIVE', 50),
    ],
  },
  {
    alias: 'first broker login',
    description: 'Actions taken after first broker login with identity provider account, which is not yet linked to any Keycloak account',
    steps: [
      run('idp-review-profile', 'REQUIRED', 10, { config: 'review profile config' }),
      go(creationOrLinking, 'REQUIRED', 20),
      go(
        {
          alias: 'First Broker Login - Conditional Organization',
          description: 'Flow to determine if the authenticator that adds organization members is to be used',
          steps: whenConfigured('idp-add-organization-member'),
        },
        'CONDITIONAL',
        60,
        { organizations: true },
      ),
    ],
  },
  { alias: 'saml ecp', description: 'SAML ECP Profile Authentication Flow', steps: required('http-basic-authenticator') },
  {
    alias: 'docker auth',
    description: 'Used by Docker clients to authenticate against the IDP',
    steps: required('docker-http-basic-authenticator'),
  },
])

const bindingDefaults = Object.freeze({
  browserFlow: 'browser',
  registrationFlow: 'registration',
  directGrantFlow: 'direct grant',
  resetCredentialsFlow: 'reset credentials',
  clientAuthenticationFlow: 'clients',
  dockerAuthenticationFlow: 'docker auth',
  firstBrokerLoginFlow: 'first broker login',
} satisfies RealmRepresentation)

interface Expansion {
  readonly organizations: boolean
  readonly random: Random
  /** The name of a flow below a built-in one in this realm. */
  readonly nameOf: (alias: string) => string
}

/**
 * Aliases are unique here. The reference keeps several flows of one alias apart by their ids; a realm file cannot, so that a built-in
 * flow whose name the realm has given to one of its own gets another one.
 */
function freeAlias(alias: string, taken: ReadonlySet<string | undefined>): string {
  let free = alias
  while (taken.has(free)) free = `Built-in ${free}`
  return free
}

/** The flow, and behind it the flows below it, as the flat list that realm files hold. */
function expand(flow: Flow, topLevel: boolean, expansion: Expansion): AuthenticationFlowRepresentation[] {
  const { organizations, random, nameOf } = expansion
  const steps = flow.steps.filter((step) => organizations || !step.organizations)
  const own: AuthenticationFlowRepresentation = {
    id: random.uuid(),
    alias: topLevel ? flow.alias : nameOf(flow.alias),
    ...(flow.description === undefined ? {} : { description: flow.description }),
    providerId: flow.providerId ?? 'basic-flow',
    topLevel,
    builtIn: true,
    authenticationExecutions: steps.map((step) => ({
      ...(step.config === undefined ? {} : { authenticatorConfig: step.config }),
      ...(step.authenticator === undefined ? {} : { authenticator: step.authenticator }),
      authenticatorFlow: step.flow !== undefined,
      requirement: step.requirement,
      priority: step.priority,
      autheticatorFlow: step.flow !== undefined,
      ...(step.flow === undefined ? {} : { flowAlias: nameOf(step.flow.alias) }),
      userSetupAllowed: false,
    })),
  }
  return [own, ...steps.flatMap((step) => (step.flow ? expand(step.flow, false, expansion) : []))]
}

function completeFlow(given: AuthenticationFlowRepresentation, random: Random): AuthenticationFlowRepresentation {
  const executions = (given.authenticationExecutions ?? []).map((step): AuthenticationExecutionExportRepresentation => {
    // The misspelt member is the older one; files may have either.
    const isFlow = step.authenticatorFlow === true || step.autheticatorFlow === true
    return { ...step, authenticatorFlow: isFlow, priority: step.priority ?? 0, autheticatorFlow: isFlow, userSetupAllowed: false }
  })
  // A browser flow from before identity providers could be the default gets the step that goes to them.
  if (given.alias === 'browser' && !executions.some((step) => step.authenticator === 'identity-provider-redirector')) {
    executions.push({
      authenticator: 'identity-provider-redirector',
      authenticatorFlow: false,
      requirement: 'ALTERNATIVE',
      priority: 25,
      autheticatorFlow: false,
      userSetupAllowed: false,
    })
  }
  executions.sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
  return {
    ...given,
    id: given.id ?? random.uuid(),
    topLevel: given.topLevel ?? false,
    builtIn: given.builtIn ?? false,
    authenticationExecutions: executions,
  }
}

/** The flow that asks for an organization, and what is below it, for a realm that has flows of the other names. The first is the uppermost. */
export function organizationFlows(others: readonly AuthenticationFlowRepresentation[], random: Random): AuthenticationFlowRepresentation[] {
  const taken = new Set(others.map((flow) => flow.alias))
  const nameOf = (alias: string): string => freeAlias(alias, taken)
  return expand(organization, false, { organizations: true, random, nameOf })
}

export type FlowMembers = Pick<RealmRepresentation, 'authenticationFlows' | 'authenticatorConfig' | keyof typeof bindingDefaults>

/**
 * Flows, their configurations and the realm's bindings. A realm that brings flows gets each built-in one whose alias it does not
 * bring, with everything below it.
 */
export function completeFlows(given: RealmRepresentation, random: Random, organizations: boolean): FlowMembers {
  const own = (given.authenticationFlows ?? []).map((flow) => completeFlow(flow, random))
  const brought = new Set(own.map((flow) => flow.alias))
  const expansion: Expansion = { organizations, random, nameOf: (alias) => freeAlias(alias, brought) }
  const added = builtInFlows.filter((flow) => !brought.has(flow.alias)).flatMap((flow) => expand(flow, true, expansion))
  const ownConfigs = (given.authenticatorConfig ?? []).map((config) => ({
    ...config,
    id: config.id ?? random.uuid(),
    config: { ...config.config },
  }))
  const wanted = added.flatMap((flow) => flow.authenticationExecutions ?? []).flatMap((step) => step.authenticatorConfig ?? [])
  const addedConfigs = wanted
    .filter((alias) => !ownConfigs.some((config) => config.alias === alias))
    .map((alias): AuthenticatorConfigRepresentation => ({ id: random.uuid(), alias, config: { ...configs[alias] } }))
  const bindings: FlowMembers = { ...bindingDefaults }
  for (const name of Object.keys(bindingDefaults) as (keyof typeof bindingDefaults)[]) bindings[name] = given[name] ?? bindingDefaults[name]
  return { ...bindings, authenticationFlows: [...own, ...added], authenticatorConfig: [...ownConfigs, ...addedConfigs] }
}
