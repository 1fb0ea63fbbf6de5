import type { RealmSnapshot } from '../../realm/model.ts'
import { roles } from '../../storage/roles.ts'
import type { Sql } from '../../storage/sql.ts'
import type { Step } from '../step.ts'
import { condition, isOn, property } from './condition.ts'

/** True when the user has a role, composites and groups included. A role that does not exist makes it false, negated or not. */
export const conditionalUserRole = condition({
  id: 'conditional-user-role',
  label: 'Condition - user role',
  help: 'Flow is executed only if user has the given role.',
  properties: [
    property('condUserRole', {
      label: 'User role',
      helpText:
        "Role the user should have to execute this flow. Click 'Select Role' button to browse roles, or just type it in the textbox. To reference a client role the syntax is clientname.clientrole, i.e. myclient.myrole",
      type: 'Role',
    }),
    property('negate', {
      label: 'Negate output',
      helpText:
        'Apply a NOT to the check result. When this is true, then the condition will evaluate to true just if user does NOT have the specified role. When this is false, the condition will evaluate to true just if user has the specified role',
      type: 'boolean',
    }),
  ],
  needsUser: true,
  async holds(step) {
    const has = await userHasRole(step, step.config['condUserRole'])
    return has !== undefined && has !== isOn(step.config, 'negate')
  },
})

/** Undefined when there is no such role or no user. */
export async function userHasRole({ realm, services, facts: factsOf }: Step, name: string | undefined): Promise<boolean | undefined> {
  const id = name === undefined || name === '' ? undefined : await roleId(services.database, realm, name)
  const facts = await factsOf()
  return id === undefined || facts === undefined ? undefined : facts.roles.some((role) => role.id === id)
}

/** `client.role`, where both names may hold dots: the longest clientId that exists counts. Otherwise a role of the realm. */
async function roleId(sql: Sql, realm: RealmSnapshot, name: string): Promise<string | undefined> {
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const client = await realm.client(name.slice(0, dot))
    if (client) return (await roles(sql).find(client.id, name.slice(dot + 1)))?.id
  }
  return (await roles(sql).find(realm.id, name))?.id
}
