import { atLeast } from './policy.ts'

export const lowerCase = atLeast('lowerCase', 'Lowercase Characters', 'invalidPasswordMinLowerCaseCharsMessage', /\p{Lowercase}/gu)
