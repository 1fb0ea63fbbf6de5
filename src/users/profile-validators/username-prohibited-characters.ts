import { prohibits } from './validator.ts'

export const usernameProhibitedCharacters = prohibits(
  'username-prohibited-characters',
  'error-username-invalid-character',
  /[<>&"'\s$%!#?\u00a7,;:*~/\\|^=[\]{}()`\p{Cc}]/u,
)
