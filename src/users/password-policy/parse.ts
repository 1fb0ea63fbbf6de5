import type { HashPolicy } from '../../crypto/passwords.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { passwordPolicies } from './password-policies.ts'
import type { PasswordPolicyType } from './policy.ts'

/** One policy of a realm with the text in its brackets, or its default. */
export interface PolicyRule {
  readonly type: PasswordPolicyType
  readonly config: string
}

/** A realm's password policy. */
export interface PasswordPolicy {
  /** In the order in which they are checked. */
  readonly rules: readonly PolicyRule[]
  readonly hash: HashPolicy
  /** Passwords that may not be taken again, the present one included; 0: any may. */
  readonly historySize: number
  /** Days for which a password may not be taken again; 0: none. */
  readonly historyDays: number
  /** Days after which a password is to be changed; undefined: never. */
  readonly expiresAfterDays: number | undefined
  readonly maxAuthAgeSeconds: number
  readonly recoveryCodesWarningThreshold: number
}

export type PolicyText =
  | { readonly kind: 'right'; readonly text: string; readonly rules: readonly PolicyRule[] }
  /** `message` is the Admin API's. */
  | { readonly kind: 'wrong'; readonly message: string }

const byId: ReadonlyMap<string, PasswordPolicyType> = new Map(passwordPolicies.map((type) => [type.id, type]))

/** `length(8) and notUsername` → parts. The last character goes with the bracket, whatever it is: the reference cuts it off so. */
function partsOf(text: string): { readonly id: string; readonly config: string | undefined }[] {
  if (text.trim() === '') return []
  return text.split(' and ').map((part) => {
    const trimmed = part.trim()
    const open = trimmed.indexOf('(')
    if (open < 0) return { id: trimmed, config: undefined }
    return { id: trimmed.slice(0, open).trim(), config: trimmed.slice(open + 1, -1) }
  })
}

/** Reads a policy text that somebody wants to set. `text` of the result is what the realm then shows. */
export function readPolicyText(text: string): PolicyText {
  const rules = new Map<string, PolicyRule>()
  const shown = new Map<string, string>()
  for (const { id, config } of partsOf(text)) {
    const type = byId.get(id)
    if (type === undefined) return { kind: 'wrong', message: 'Password policy not found' }
    const setting = config ?? type.defaultValue ?? ''
    const fault = type.fault?.(setting)
    if (fault !== undefined) return { kind: 'wrong', message: `Invalid config for ${id}: ${fault}` }
    // The last of several with one name counts.
    rules.set(id, { type, config: setting })
    shown.set(id, config === undefined || config === '' ? id : `${id}(${config})`)
  }
  return { kind: 'right', text: [...shown.values()].join(' and '), rules: inOrder(rules) }
}

const inOrder = (rules: ReadonlyMap<string, PolicyRule>): PolicyRule[] => passwordPolicies.flatMap(({ id }) => rules.get(id) ?? [])

/** The rules of a stored text. What cannot be read is left out: a realm file may come from a server with policies of its own. */
function storedRules(text: string): ReadonlyMap<string, PolicyRule> {
  const rules = new Map<string, PolicyRule>()
  for (const { id, config } of partsOf(text)) {
    const type = byId.get(id)
    const setting = config ?? type?.defaultValue ?? ''
    if (type !== undefined && (type.id === 'regexPattern' || type.fault?.(setting) === undefined)) rules.set(id, { type, config: setting })
  }
  return rules
}

/** The realm's policy, read once per snapshot. */
export const passwordPolicyOf = (realm: RealmSnapshot): PasswordPolicy => realm.derived(derivePolicy)

function derivePolicy({ settings }: RealmSnapshot): PasswordPolicy {
  const rules = storedRules(settings.passwordPolicy ?? '')
  const number = (id: string): number | undefined => {
    const rule = rules.get(id)
    return rule === undefined ? undefined : Number(rule.config)
  }
  const algorithm = rules.get('hashAlgorithm')?.config
  const iterations = number('hashIterations')
  const expiry = number('forceExpiredPasswordChange')
  return {
    rules: inOrder(rules),
    hash: { ...(algorithm === undefined ? {} : { algorithm }), ...(iterations === undefined ? {} : { iterations }) },
    historySize: Math.max(0, number('passwordHistory') ?? 0),
    historyDays: Math.max(0, number('passwordAge') ?? 0),
    expiresAfterDays: expiry !== undefined && expiry >= 0 ? expiry : undefined,
    maxAuthAgeSeconds: number('maxAuthAge') ?? defaults.maxAuthAgeSeconds,
    recoveryCodesWarningThreshold: number('recoveryCodesWarningThreshold') ?? defaults.recoveryCodesWarningThreshold,
  }
}

/** Of a realm that says nothing about them (reference behaviour). */
const defaults = { maxAuthAgeSeconds: 300, recoveryCodesWarningThreshold: 4 } as const

/** What a realm's new passwords are hashed with. */
export const hashPolicy = (realm: RealmSnapshot): HashPolicy => passwordPolicyOf(realm).hash

const dayMs = 86_400_000

/** True when the password of this age has to be changed at the next login. */
export function passwordExpired(realm: RealmSnapshot, createdAtMs: number, nowMs: number): boolean {
  const days = passwordPolicyOf(realm).expiresAfterDays
  return days !== undefined && nowMs - createdAtMs > days * dayMs
}
