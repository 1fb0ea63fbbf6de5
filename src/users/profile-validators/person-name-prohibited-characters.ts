import { prohibits } from './validator.ts'

export const personNameProhibitedCharacters = prohibits(
  'person-name-prohibited-characters',
  'error-person-name-invalid-character',
  /[<>&"$%!#?\u00a7;*~/\\|^=[\]{}()\p{Cc}]/u,
)
