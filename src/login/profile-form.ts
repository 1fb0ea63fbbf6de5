import { limits } from '../http/limits.ts'
import { resolveScopes } from '../tokens/roles.ts'
import { type ProfileContext, type ProfileError, type ProfileValues, profileMetadata } from '../users/profile.ts'
import type { Problem } from './pages/page.ts'
import type { ProfileField } from './pages/profile-fields.ts'
import type { Step } from './step.ts'

/** Characters of one value that are looked at; validators refuse what is longer than they allow. */
const valueMax = 65_536

/** What a form sent for the profile; a name may come several times. Only attributes that the form asked for are read. */
export function readProfile({ request }: Pick<Step, 'request'>, names: readonly string[]): ProfileValues {
  const form = new URLSearchParams(request.body.toString('utf8'))
  if (form.size > limits.formParametersMax) return {}
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = form.getAll(name).map((value) => value.slice(0, valueMax))
      return values.length === 0 ? [] : [[name, values] as const]
    }),
  )
}

/** Names of the client scopes of a login: a profile may ask for attributes by them. */
export function loginScopes({ client, session }: Pick<Step, 'client' | 'session'>): ReadonlySet<string> {
  const resolved = resolveScopes(client, session.request['scope'])
  return new Set('invalid' in resolved ? [] : resolved.scopes.map(({ name }) => name))
}

export interface ProfileForm {
  readonly context: ProfileContext
  /** What is shown: what was sent, else what is stored. */
  readonly values: ProfileValues
  /** What is stored; undefined for a new user. */
  readonly before: ProfileValues | undefined
  readonly errors?: readonly ProfileError[]
}

/** The attributes that a form shows, in the profile's order, those of a group together. */
export function profileFieldsOf(step: Step, { context, values, before, errors = [] }: ProfileForm): ProfileField[] {
  const { attributes = [], groups = [] } = profileMetadata(step.realm, { context, scopes: loginScopes(step), before })
  const byName = new Map(groups.map((group) => [group.name, group]))
  const fields = attributes.flatMap(({ name, displayName, required, readOnly, annotations, validators, group }): ProfileField[] => {
    if (name === undefined) return []
    const found = group === undefined ? undefined : byName.get(group)
    const options = validators?.['options']?.['options']
    return [
      {
        name,
        displayName,
        values: values[name] ?? [],
        required: required ?? false,
        readOnly: readOnly ?? false,
        annotations: annotations ?? {},
        options: Array.isArray(options) ? options.map(String) : [],
        group: found && { name: group ?? '', displayHeader: found.displayHeader, displayDescription: found.displayDescription },
        problem: problemOf(errors, name),
      },
    ]
  })
  const order = new Map(groups.map((group, index) => [group.name, index + 1]))
  return fields.toSorted((a, b) => (order.get(a.group?.name) ?? 0) - (order.get(b.group?.name) ?? 0))
}

/** One message a field: the first that was found. */
export function problemOf(errors: readonly ProfileError[], name: string): Problem | undefined {
  const error = errors.find(({ field }) => field === name)
  return error && { key: error.key, values: error.params.map((value) => String(value ?? '')) }
}
