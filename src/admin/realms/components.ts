import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import type { ComponentSections } from '../../keys/generate.ts'
import { findKeyProvider } from '../../keys/providers.ts'
import {
  type ComponentRepresentation,
  type ComponentTypeRepresentation,
  componentRepresentation,
  componentTypeRepresentation,
} from '../../representations/component.ts'
import { type ComponentProperty, maskComponentConfig, unmaskComponentConfig } from '../../representations/mask.ts'
import { mergeRepresentation } from '../../representations/merge.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { components as componentRows, type NewComponent } from '../../storage/components.ts'
import { federatedUsers } from '../../storage/federated-users.ts'
import { type Sql, UniqueViolation } from '../../storage/sql.ts'
import { lostKeys } from '../../transfer/missing-keys.ts'
import { writeComponents } from '../../transfer/write-components.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { created, jsonText, noContent, readPatch, readRepresentation } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { type ComponentTypes, componentKinds, componentTypes, findComponentType } from '../server-info/provider-types.ts'
import { componentFault } from './component-checks.ts'
import { ldapMappers, ldapSettings, userStorageSettings, withLdapDefaults } from './ldap-defaults.ts'

const view = ['view-realm', 'manage-realm'] as const
const manage = ['manage-realm'] as const

export const componentRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/components', summary: 'Components: key providers, registration policies …', role: view, handle: listComponents },
  { method: 'POST', path: '/components', summary: 'Create a component', role: manage, handle: createComponent },
  { method: 'GET', path: '/components/:component', summary: 'A component, secrets masked', role: view, handle: getComponent },
  { method: 'PUT', path: '/components/:component', summary: 'Change a component', role: manage, handle: putComponent },
  { method: 'DELETE', path: '/components/:component', summary: 'Remove a component', role: manage, handle: deleteComponent },
  {
    method: 'GET',
    path: '/components/:component/sub-component-types',
    summary: 'Types of components that may stand below one',
    role: view,
    handle: listSubTypes,
  },
]

const noSuchType = (): AdminError => new AdminError(400, { error: 'Invalid provider type or no such provider' })

/** Kinds that have paths of their own. */
const internalKinds: ReadonlySet<string> = new Set(['org.keycloak.models.workflow.WorkflowProvider'])

/** Settings that a component of a kind may have: its provider's own, and those of all user storage. */
function propertiesOf(kind: string | undefined, type: ComponentTypeRepresentation | undefined): ComponentProperty[] | undefined {
  const own = type?.properties?.map(({ name = '', secret = false }) => ({ name, secret }))
  return own && kind === componentKinds.userStorage ? [...own, ...userStorageSettings] : own
}

/** A component as readers see it: settings that its provider declares, secrets masked. */
function shown(types: ComponentTypes, component: ComponentRepresentation): ComponentRepresentation {
  const { providerType, providerId, config = {} } = component
  const type = types[providerType ?? '']?.find(({ id }) => id === providerId)
  return { ...component, config: maskComponentConfig(config, propertiesOf(providerType, type)) }
}

/** No statement: the snapshot holds them all. */
async function listComponents({ request, realm }: AdminContext): Promise<HttpResponse> {
  const query = readQuery(request)
  // A type alone means those of the realm itself, not those below other components (reference behaviour).
  const parentId = query.get('parent') || (query.get('type') ? realm.id : undefined)
  const filters = { parentId, providerType: query.get('type'), name: query.get('name') }
  const wanted = Object.entries(filters).flatMap(([name, value]) => (value ? [[name, value] as const] : []))
  const rows = realm.components.filter((component) => wanted.every(([name, value]) => Reflect.get(component, name) === value))
  const types = await componentTypes()
  return jsonText(
    printRepresentations(
      componentRepresentation,
      rows.map((component) => shown(types, component)),
    ),
  )
}

function findComponent({ request, realm }: AdminContext, text = 'Could not find component'): ComponentRepresentation {
  const found = realm.components.find(({ id }) => id === request.params['component'])
  if (found === undefined) throw new AdminError(404, { error: text })
  return found
}

async function getComponent(context: AdminContext): Promise<HttpResponse> {
  return jsonText(printRepresentation(componentRepresentation, shown(await componentTypes(), findComponent(context))))
}

/** Checks the configuration and fills in what the provider makes itself: key material, defaults. */
async function completeConfig(context: AdminContext, component: ComponentRepresentation): Promise<Record<string, string[]>> {
  const { services, realm } = context
  const { providerType = '', providerId = '', parentId, config = {} } = component
  const given = withoutBlanks(config)
  const wrong = await componentFault(providerType, providerId, given, { realm, sql: services.database, parentId })
  if (wrong === 'type') throw noSuchType()
  if (wrong !== undefined) throw new AdminError(400, { errorMessage: wrong.message })
  if (providerType !== componentKinds.keys) return given
  const { random, clock } = services
  return (await findKeyProvider(providerId)?.generate(given, { random, clock, realmName: realm.name })) ?? given
}

/** A setting whose first value has no text is not kept (reference behaviour): so clients of the Admin API take one away. */
function withoutBlanks(config: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  const kept = Object.entries(config).filter(([, [first = '']]) => first.trim() !== '')
  return Object.fromEntries(kept.map(([name, values]) => [name, values.filter((value) => value.trim() !== '')]))
}

/** Settings that only a new component gets. */
function newConfig({ providerType, providerId }: ComponentRepresentation, config: Record<string, string[]>): Record<string, string[]> {
  if (providerType === componentKinds.userStorage && providerId === 'ldap') return mutable(ldapSettings(config))
  if (providerType === componentKinds.ldapMapper && providerId === 'group-ldap-mapper') return { 'groups.path': ['/'], ...config }
  return config
}

const mutable = (config: Readonly<Record<string, readonly string[]>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(config).map(([name, values]) => [name, [...values]]))

function rowOf(component: ComponentRepresentation & { readonly id: string }): NewComponent {
  const { id, name = '', parentId = '', providerType = '', providerId = '' } = component
  return { id, name, parentId, providerType, providerId, doc: JSON.stringify(component) }
}

/** What the audit log keeps of a request: settings of the provider alone, secrets masked. */
const representationOf = (
  given: ComponentRepresentation,
  kind: string | undefined,
  type: ComponentTypeRepresentation | undefined,
): string =>
  printRepresentation(componentRepresentation, {
    ...given,
    ...(given.config === undefined ? {} : { config: maskComponentConfig(given.config, propertiesOf(kind, type) ?? []) }),
  })

async function createComponent(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const given = readRepresentation(request, componentRepresentation)
  const { providerType = '', providerId = '' } = given
  if (internalKinds.has(providerType))
    throw new AdminError(403, { error: 'Components managed through internal APIs cannot be managed through the component endpoint' })
  const type = await findComponentType(providerType, providerId)
  if (type === undefined) throw noSuchType()
  const config = newConfig(given, await completeConfig(context, given))
  const id = given.id ?? newId(context, providerId)
  const component = { ...given, id, parentId: given.parentId ?? realm.id, config }
  await changeRealm(context, async (tx) => {
    await componentRows(tx).insert(realm.id, rowOf(component))
    if (providerType === componentKinds.userStorage && providerId === 'ldap') await addMappers(context, tx, component)
  }).catch((error: unknown) => {
    if (!(error instanceof UniqueViolation)) throw error
    throw new AdminError(409, { error: 'conflict', error_description: 'Duplicate resource error' })
  })
  const resourcePath = `components/${id}`
  audit(context, {
    operation: 'CREATE',
    resourceType: 'COMPONENT',
    resourcePath,
    representation: representationOf(given, providerType, type),
  })
  return created(`${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}/components/${encodeURIComponent(id)}`)

  /** Ids of LDAP providers are short, since they are part of their users' ids. */
  function newId({ services: { random } }: AdminContext, provider: string): string {
    return provider === 'ldap' ? Buffer.from(random.uuid().replaceAll('-', ''), 'hex').toString('base64url') : random.uuid()
  }

  async function addMappers(_: AdminContext, tx: Sql, { id: parentId }: { readonly id: string }): Promise<void> {
    for (const mapper of ldapMappers(config)) {
      const about = { id: services.random.uuid(), parentId, providerType: componentKinds.ldapMapper, providerId: mapper.providerId }
      await componentRows(tx).insert(realm.id, rowOf({ ...about, name: mapper.name, config: mutable(mapper.config) }))
    }
  }
}

/** Key providers that must be made where these become the components of the realm, by a change of this one. */
const keysAfter = async (
  { services, realm }: AdminContext,
  { providerType }: ComponentRepresentation,
  components: readonly ComponentRepresentation[],
): Promise<ComponentSections> => (providerType === componentKinds.keys ? lostKeys(services, realm, components) : {})

async function putComponent(context: AdminContext): Promise<HttpResponse> {
  const { request, realm } = context
  const stored = findComponent(context)
  const id = stored.id ?? ''
  const given = readPatch(request, componentRepresentation)
  const storedConfig = mutable(stored.config ?? {})
  const config = given.config === undefined || given.config === null ? undefined : unmaskComponentConfig(given.config, storedConfig)
  const merged = mergeRepresentation(
    componentRepresentation,
    { ...stored, config: storedConfig },
    { ...given, id, ...(config === undefined ? {} : { config }) },
  )
  const type = await findComponentType(merged.providerType ?? '', merged.providerId ?? '')
  if (type === undefined) throw noSuchType()
  const component = { ...merged, id, config: await completeConfig(context, merged) }
  const keys = await keysAfter(
    context,
    component,
    realm.components.map((other) => (other.id === id ? component : other)),
  )
  await changeRealm(context, async (tx) => {
    await componentRows(tx).replace(realm.id, rowOf(component))
    await writeComponents(tx, realm.id, keys)
  })
  const sent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as ComponentRepresentation
  if (given.config) sent.config = Object.fromEntries(Object.entries(given.config).flatMap(([name, list]) => (list ? [[name, list]] : [])))
  const resourcePath = `components/${id}`
  audit(context, {
    operation: 'UPDATE',
    resourceType: 'COMPONENT',
    resourcePath,
    representation: representationOf(sent, merged.providerType, type),
  })
  return noContent()
}

async function deleteComponent(context: AdminContext): Promise<HttpResponse> {
  const { realm } = context
  const component = findComponent(context)
  const { id = '', providerType } = component
  const keys = await keysAfter(
    context,
    component,
    realm.components.filter((other) => other !== component),
  )
  await changeRealm(context, async (tx) => {
    await componentRows(tx).remove(realm.id, id)
    // Users that a removed provider brought could not log in any more.
    if (providerType === componentKinds.userStorage) await federatedUsers(tx).remove(realm.id, id)
    await writeComponents(tx, realm.id, keys)
  })
  audit(context, { operation: 'DELETE', resourceType: 'COMPONENT', resourcePath: `components/${id}` })
  return noContent()
}

/** Types of a kind with their forms, whatever may really stand below the component (reference behaviour). */
async function listSubTypes(context: AdminContext): Promise<HttpResponse> {
  const { config } = findComponent(context, 'Could not find parent component')
  const kind = readQuery(context.request).get('type')
  if (kind === undefined) throw new AdminError(400, { error: 'must specify a subtype' })
  const types = Object.values<string>(componentKinds).includes(kind) ? ((await componentTypes())[kind] ?? []) : []
  const shownTypes = kind === componentKinds.ldapMapper ? types.map((type) => withLdapDefaults(type, config ?? {})) : types
  return jsonText(printRepresentations(componentTypeRepresentation, [...shownTypes]))
}
