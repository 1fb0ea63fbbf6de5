import { matchesWhole, readPattern } from '../patterns.ts'
import { missingMember, type ProfileValidator, textOf, wrongMember } from './validator.ts'

/** The whole value has to match. */
export const pattern: ProfileValidator = {
  id: 'pattern',
  configFaults({ pattern: source }) {
    if (source === undefined || source === null) return [missingMember('pattern')]
    return typeof source === 'string' && readPattern(source) !== undefined ? [] : [wrongMember('pattern', String(source))]
  },
  validate(value, config) {
    const source = textOf(config, 'pattern') ?? ''
    if (matchesWhole(source, value)) return undefined
    return { key: textOf(config, 'error-message') ?? 'error-pattern-no-match', values: [source] }
  },
}
