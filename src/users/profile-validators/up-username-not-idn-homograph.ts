import { prohibits } from './validator.ts'

/** Latin letters and what all scripts share: a Cyrillic а in an otherwise Latin name would deceive. */
export const upUsernameNotIdnHomograph = prohibits(
  'up-username-not-idn-homograph',
  'error-username-invalid-character',
  /[^\p{Script=Latin}\p{Script=Common}]/u,
)
