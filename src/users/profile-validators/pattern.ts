import { matchesWhole } from '../patterns.ts'
import { type ProfileValidator, textOf } from './validator.ts'

/** The whole value has to match. */
export const pattern: ProfileValidator = {
  id: 'pattern',
  validate(value, config) {
    const source = textOf(config, 'pattern') ?? ''
    if (matchesWhole(source, value)) return undefined
    return { key: textOf(config, 'error-message') ?? 'error-pattern-no-match', values: [source] }
  },
}
