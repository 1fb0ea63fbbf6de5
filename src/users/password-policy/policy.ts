/**
 * Password policies: one file per built-in policy of the reference, the table of them (password-policies.ts), the reading of a realm's
 * policy text (parse.ts) and the check of a new password (check-password.ts). Not here: hashing (crypto), who sets a password
 * (../accounts.ts). May call crypto, realm and storage.
 */

/** Why a password is refused: the reference's message key, and the values that its text takes. */
export interface Violation {
  readonly key: string
  readonly values: readonly string[]
}

/** What a password is compared with. */
export interface PasswordContext {
  /** In lower case. */
  readonly username: string
  readonly email: string | undefined
  /** True when the password is the present one or one of the `count - 1` before it. */
  wasAmongLast(count: number): Promise<boolean>
  /** True when the password is the present one, or one that was replaced less than so many days ago. */
  wasUsedWithinDays(days: number): Promise<boolean>
  /** True when the list of the name has the password; false when there is no such list. */
  isListed(list: string, password: string): Promise<boolean>
}

/** One policy that a realm may have. */
export interface PasswordPolicyType {
  readonly id: string
  readonly label: string
  readonly configType?: 'int' | 'String'
  readonly defaultValue?: string
  /** The reference says so of one, and keeps the last of several all the same. */
  readonly multipleSupported?: boolean
  /** What is wrong with the text in brackets; undefined when nothing is. */
  fault?(config: string): string | undefined
  /** Absent: the policy says nothing about a password itself. */
  check?(password: string, config: string, context: PasswordContext): Violation | undefined | Promise<Violation | undefined>
}

const intMax = 2_147_483_647

/** A 32-bit number as the reference reads one. */
export function parseInteger(text: string): number | undefined {
  const value = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : undefined
  return value !== undefined && value <= intMax && value >= -intMax - 1 ? value : undefined
}

export const numberFault = (config: string): string | undefined => (parseInteger(config) === undefined ? 'Not a valid number' : undefined)

/** Characters of a class, counted by UTF-16 code unit as the reference does. */
export const countOf = (password: string, pattern: RegExp): number => password.match(pattern)?.length ?? 0

/** A policy that asks for at least so many characters of a class. */
export const atLeast = (id: string, label: string, key: string, pattern: RegExp): PasswordPolicyType => ({
  id,
  label,
  configType: 'int',
  defaultValue: '1',
  fault: numberFault,
  check: (password, config) => (countOf(password, pattern) < Number(config) ? { key, values: [config] } : undefined),
})
