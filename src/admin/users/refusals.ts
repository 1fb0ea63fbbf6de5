import { AdminError } from '../../http/errors.ts'
import { type HttpResponse, jsonResponse } from '../../http/values.ts'
import { format } from '../../login/messages/format.ts'
import { findText } from '../../login/messages/texts.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import type { AccountResult } from '../../users/accounts.ts'
import type { Violation } from '../../users/password-policy/policy.ts'

const takenTexts = { username: 'User exists with same username', email: 'User exists with same email' } as const

export const takenName = (name: keyof typeof takenTexts): AdminError => new AdminError(409, { errorMessage: takenTexts[name] })

/** What is wrong with a profile. That somebody else has the name or the address goes before all other errors. */
export function refusal({ errors, taken }: Extract<AccountResult, { kind: 'refused' }>): HttpResponse {
  if (taken !== undefined) throw takenName(taken)
  const list = errors.map(({ field, key, params }) => ({ field, errorMessage: key, params }))
  return jsonResponse(400, list.length === 1 ? list[0] : { errors: list })
}

/** Texts that administrators get in other words than people on pages. */
const adminTexts: Readonly<Record<string, string>> = {
  invalidPasswordGenericMessage: 'Invalid password: new password does not match password policies.',
}

/** Why a password is refused: the key, and its text in English. */
export function passwordRefusal(realm: RealmSnapshot, { key, values }: Violation): AdminError {
  const text = realm.settings.localizationTexts?.['en']?.[key] ?? adminTexts[key] ?? findText({ realm }, 'en', key) ?? key
  return new AdminError(400, { error: key, error_description: format(text, values) })
}

/** The reference's answer to what it did not expect. */
export const unknownError = (description = 'For more on this error consult the server log.'): AdminError =>
  new AdminError(500, { error: 'unknown_error', error_description: description })
