import { atLeast } from './policy.ts'

/** Everything that is neither a letter nor a digit, blanks included. */
export const specialChars = atLeast('specialChars', 'Special Characters', 'invalidPasswordMinSpecialCharsMessage', /[^\p{L}\p{Nd}]/gu)
