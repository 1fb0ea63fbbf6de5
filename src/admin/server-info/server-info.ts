import { eventTypes } from '../../events/types.ts'
import type { Route } from '../../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import { masterRealm } from '../../transfer/import-realm.ts'
import { passwordPolicies } from '../../users/password-policy/password-policies.ts'
import type { PasswordPolicyType } from '../../users/password-policy/policy.ts'
import { adminPreflight } from '../admin-route.ts'
import { json } from '../bodies.ts'
import { authenticateCaller } from '../caller.ts'
import { forbidden, permissionsByRealm, permissionsOver, realmPermissions } from '../permissions.ts'
import type { AdminServices } from '../services.ts'
import { componentTypes, protocolMapperTypes } from './provider-types.ts'
import { cpuInfo, memoryInfo, protocolVersion, systemInfo } from './system-info.ts'

export const serverInfoRoutes: readonly Route<AdminServices>[] = [
  {
    method: 'GET',
    path: '/admin/serverinfo',
    family: 'admin',
    summary: 'Versions, features and provider types of the server',
    preflight: adminPreflight,
    handle: getServerInfo,
  },
]

/** What every administrator may know; only who manages the realm that he comes from is told the version, and in master the machine too. */
async function getServerInfo(request: HttpRequest, services: AdminServices): Promise<HttpResponse> {
  const caller = await authenticateCaller(request, services)
  const { database, clock } = services
  const isMaster = caller.realm.name === masterRealm
  const [byRealm, own, roles] = await Promise.all([
    permissionsByRealm(database, caller),
    permissionsOver(database, caller, caller.realm),
    realmPermissions(database, caller),
  ])
  const isAdmin = [...byRealm.values()].some((permissions) => permissions.isAdmin)
  if (!isAdmin && !(isMaster && roles.has('create-realm'))) throw forbidden()
  const manages = own.has('manage-realm')
  const machine = isMaster
    ? { systemInfo: systemInfo(clock.now()), cpuInfo: cpuInfo(), memoryInfo: memoryInfo() }
    : { systemInfo: { version: protocolVersion } }
  return json({ ...(manages ? machine : {}), ...(await knowledge()) })
}

const describePolicy = ({ id, label, configType, defaultValue, multipleSupported = false }: PasswordPolicyType): object => ({
  id,
  displayName: label,
  ...(configType === undefined ? {} : { configType }),
  ...(defaultValue === undefined ? {} : { defaultValue }),
  multipleSupported,
})

/** What is the same for everybody: data beside the code, and the tables of what is built. */
async function knowledge(): Promise<object> {
  const { default: data } = await import('./server-info.json', { with: { type: 'json' } })
  return {
    ...data,
    protocolMapperTypes: await protocolMapperTypes(),
    componentTypes: await componentTypes(),
    passwordPolicies: passwordPolicies.map(describePolicy),
    enums: { ...data.enums, eventType: eventTypes.flatMap((type) => [type, `${type}_ERROR`]).sort() },
  }
}
