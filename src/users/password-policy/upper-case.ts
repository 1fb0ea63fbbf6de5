import { atLeast } from './policy.ts'

export const upperCase = atLeast('upperCase', 'Uppercase Characters', 'invalidPasswordMinUpperCaseCharsMessage', /\p{Uppercase}/gu)
