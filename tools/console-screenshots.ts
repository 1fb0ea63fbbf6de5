/**
 * Pictures of the Admin Console's sections, over a server of its own with a small realm, or over a running reference server: the same
 * realm and pages there, to be looked at side by side. For `tools/screenshots.ts`.
 */
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { loadConfig } from '../src/config/load.ts'
import { createLogger } from '../src/log.ts'
import { startServer } from '../src/server.ts'

export interface Look {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly scheme: 'light' | 'dark'
}

export interface ConsolePictures {
  readonly browser: Browser
  readonly out: string
  readonly looks: readonly Look[]
  /** Base URL of a reference server (admin/admin) to draw instead. */
  readonly reference: string | undefined
  readonly isWanted: (name: string) => boolean
}

const realm = 'screenshots'
/** A narrow screen shows lists as cards and forms in one column, the same in every section: some are enough. */
const onPhone = ['clients', 'client-settings', 'users', 'realm-settings']
const patienceMs = 20_000

const person = (username: string, firstName: string, lastName: string) => ({
  username,
  enabled: true,
  email: `${username}@example.com`,
  emailVerified: true,
  firstName,
  lastName,
  credentials: [{ type: 'password', value: 'sample-password-1' }],
  realmRoles: ['clerk'],
})

const seed = {
  realm,
  enabled: true,
  organizationsEnabled: true,
  eventsEnabled: true,
  adminEventsEnabled: true,
  roles: {
    realm: [
      { name: 'clerk', description: 'Works at a registry' },
      { name: 'auditor', description: 'Looks at everything' },
    ],
  },
  groups: [{ name: 'Kyiv', subGroups: [{ name: 'Podil' }] }, { name: 'Lviv' }],
  users: [person('lesya', 'Леся', 'Косач'), person('taras', 'Тарас', 'Шевченко')],
  clients: [
    { clientId: 'shop', name: 'Shop', publicClient: true, directAccessGrantsEnabled: true, redirectUris: ['https://shop.example/*'] },
    { clientId: 'warehouse', name: 'Warehouse', serviceAccountsEnabled: true, secret: 'sample-secret-1' },
  ],
  identityProviders: [
    {
      alias: 'company',
      displayName: 'Our company',
      providerId: 'oidc',
      config: { clientId: 'us', clientSecret: 'x', authorizationUrl: 'https://company.example/a', tokenUrl: 'https://company.example/t' },
    },
  ],
}

/** Makes the pictures, and says how many. */
export async function consolePictures(options: ConsolePictures): Promise<number> {
  if (options.reference !== undefined) return await drawAll(options, options.reference, '-reference')
  const args = ['--http-port=0', '--db=memory']
  const config = loadConfig({ command: 'start-dev', args, env: {}, readFile: () => undefined })
  const server = await startServer(config, { log: createLogger({ level: 'error', output: 'json', write: () => undefined }) })
  try {
    return await drawAll(options, `http://localhost:${server.port}`, '')
  } finally {
    await server.close()
  }
}

async function drawAll({ browser, out, looks, isWanted }: ConsolePictures, base: string, suffix: string): Promise<number> {
  const call = await administrator(base)
  await call('DELETE', `/${realm}`)
  await call('POST', '', seed)
  try {
    await call('POST', `/${realm}/organizations`, { name: 'Acme', domains: [{ name: 'acme.example' }] })
    await login(base, 'lesya')
    const wanted = Object.entries(await addresses(call)).filter(([name]) => isWanted(`console-${name}`))
    let count = 0
    for (const { name: look, width, height, scheme } of looks) {
      const page = await browser.newPage({ viewport: { width, height: Math.max(height, 800) }, colorScheme: scheme })
      page.setDefaultTimeout(patienceMs)
      for (const [name, address] of wanted.filter(([section]) => look !== 'phone' || onPhone.includes(section))) {
        await openSection(page, base, address)
        await page.screenshot({ path: join(out, `console-${name}-${look}${suffix}.png`) })
        count += 1
      }
      await page.close()
    }
    return count
  } finally {
    await call('DELETE', `/${realm}`)
  }
}

async function openSection(page: Page, base: string, address: string): Promise<void> {
  await page.goto('about:blank')
  await page.goto(`${base}/admin/master/console/#/${realm}/${address}`)
  const submit = page.locator('#kc-login')
  const title = page.getByTestId('view-header').first()
  await submit.or(title).first().waitFor()
  if (await submit.isVisible()) {
    await page.fill('#username', 'admin')
    await page.fill('#password', 'admin')
    await submit.click()
    await title.waitFor()
  }
  await page.waitForLoadState('networkidle')
  await page.locator('[role=progressbar]').first().waitFor({ state: 'detached' })
}

/** Where the sections are, in the order of the navigation. */
async function addresses(call: Call): Promise<Record<string, string>> {
  const [client] = await call('GET', `/${realm}/clients?clientId=warehouse`)
  const [user] = await call('GET', `/${realm}/users?username=taras`)
  const flow = (await call('GET', `/${realm}/authentication/flows`)).find(({ alias }) => alias === 'browser')
  const scope = (await call('GET', `/${realm}/client-scopes`)).find(({ name }) => name === 'profile')
  const role = (await call('GET', `/${realm}/roles`)).find(({ name }) => name === 'clerk')
  const [organization] = await call('GET', `/${realm}/organizations`)
  const [group] = await call('GET', `/${realm}/groups`)
  return {
    organizations: 'organizations',
    organization: `organizations/${organization?.id}/settings`,
    clients: 'clients',
    'client-settings': `clients/${client?.id}/settings`,
    'client-credentials': `clients/${client?.id}/credentials`,
    'client-roles': `clients/${client?.id}/roles`,
    'client-client-scopes': `clients/${client?.id}/clientScopes`,
    'client-sessions': `clients/${client?.id}/sessions`,
    'client-advanced': `clients/${client?.id}/advanced`,
    'service-account-roles': `clients/${client?.id}/serviceAccount`,
    'client-scopes': 'client-scopes',
    'client-scope': `client-scopes/${scope?.id}/settings`,
    'client-scope-mappers': `client-scopes/${scope?.id}/mappers`,
    roles: 'roles',
    role: `roles/${role?.id}/details`,
    users: 'users',
    'user-settings': `users/${user?.id}/settings`,
    'user-credentials': `users/${user?.id}/credentials`,
    'user-groups': `users/${user?.id}/groups`,
    'user-sessions': `users/${user?.id}/sessions`,
    'role-mapping': `users/${user?.id}/role-mapping`,
    groups: 'groups',
    group: `groups/${group?.id}`,
    sessions: 'sessions',
    events: 'events',
    'admin-events': 'events/admin-events',
    'realm-settings': 'realm-settings',
    login: 'realm-settings/login',
    email: 'realm-settings/email',
    themes: 'realm-settings/themes',
    keys: 'realm-settings/keys/list',
    'key-providers': 'realm-settings/keys/providers',
    'event-settings': 'realm-settings/events',
    localization: 'realm-settings/localization',
    'security-defenses': 'realm-settings/security-defenses',
    'session-settings': 'realm-settings/sessions',
    tokens: 'realm-settings/tokens',
    'client-policies': 'realm-settings/client-policies/profiles',
    'user-profile': 'realm-settings/user-profile/attributes',
    'user-registration': 'realm-settings/user-registration',
    authentication: 'authentication',
    flow: `authentication/${flow?.id}/browser`,
    'required-actions': 'authentication/required-actions',
    'password-policy': 'authentication/policies',
    'identity-providers': 'identity-providers',
    'identity-provider': 'identity-providers/oidc/company/settings',
    'user-federation': 'user-federation',
  }
}

type Found = readonly { readonly id?: string; readonly alias?: string; readonly name?: string }[]
type Call = (method: string, path: string, body?: object) => Promise<Found>

/** Calls the Admin API; the path is below `/admin/realms`. What is no list becomes an empty one. */
async function administrator(base: string): Promise<Call> {
  const bearer = await login(base, 'admin', { realm: 'master', client: 'admin-cli', password: 'admin' })
  return async (method, path, body) => {
    const response = await fetch(`${base}/admin/realms${path}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok && method !== 'DELETE') throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    const answer: unknown = method === 'GET' ? await response.json() : []
    return Array.isArray(answer) ? answer : []
  }
}

async function login(base: string, username: string, as = { realm, client: 'shop', password: 'sample-password-1' }): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'password', client_id: as.client, username, password: as.password })
  const response = await fetch(`${base}/realms/${as.realm}/protocol/openid-connect/token`, { method: 'POST', body })
  const { access_token: token } = (await response.json()) as { access_token?: string }
  if (token === undefined) throw new Error(`${username} could not log in at ${base}`)
  return token
}
