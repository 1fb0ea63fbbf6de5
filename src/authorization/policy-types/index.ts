/**
 * Types of policies: one file each, what a policy of the type stores, how it is written in realm files and when it grants.
 * Not here: how several policies come to one decision (../decide.ts). May call nobody but the room.
 */
import type { PolicyType } from '../policy-type.ts'
import { aggregate } from './aggregate.ts'
import { client } from './client.ts'
import { clientScope } from './client-scope.ts'
import { group } from './group.ts'
import { regex } from './regex.ts'
import { resource } from './resource.ts'
import { role } from './role.ts'
import { scope } from './scope.ts'
import { time } from './time.ts'
import { uma } from './uma.ts'
import { user } from './user.ts'

/** In the reference's order. Policies in JavaScript need a feature that is off there and that we do not have. */
export const policyTypes = [
  regex,
  role,
  resource,
  scope,
  client,
  time,
  user,
  clientScope,
  group,
  aggregate,
  uma,
] satisfies readonly PolicyType[]

const byId: ReadonlyMap<string, PolicyType> = new Map(policyTypes.map((type) => [type.id, type]))

export const findPolicyType = (id: string): PolicyType | undefined => byId.get(id)
