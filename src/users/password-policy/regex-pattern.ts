import { matchesWhole, readPattern } from '../patterns.ts'
import type { PasswordPolicyType } from './policy.ts'

/** The whole password has to match. A pattern that cannot be read matches nothing: a rule that is broken must not let everything pass. */
export const regexPattern: PasswordPolicyType = {
  id: 'regexPattern',
  label: 'Regular Expression',
  configType: 'String',
  defaultValue: '',
  multipleSupported: true,
  fault(config) {
    // The misspelling is the reference's.
    if (config === '') return 'White space not acepted'
    return readPattern(config) === undefined ? 'Not a valid regular expression' : undefined
  },
  check: (password, config) =>
    matchesWhole(config, password) ? undefined : { key: 'invalidPasswordRegexPatternMessage', values: [config] },
}
