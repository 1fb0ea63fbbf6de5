import { double } from './double.ts'
import { email } from './email.ts'
import { integer } from './integer.ts'
import { isoDate } from './iso-date.ts'
import { length } from './length.ts'
import { localDate } from './local-date.ts'
import { multivalued } from './multivalued.ts'
import { notBlank } from './not-blank.ts'
import { options } from './options.ts'
import { pattern } from './pattern.ts'
import { personNameProhibitedCharacters } from './person-name-prohibited-characters.ts'
import { upUsernameNotIdnHomograph } from './up-username-not-idn-homograph.ts'
import { uri } from './uri.ts'
import { usernameProhibitedCharacters } from './username-prohibited-characters.ts'
import type { ProfileValidator } from './validator.ts'

/** Every validator that a profile may name; one that it names besides them does nothing. */
export const profileValidators = [
  double,
  email,
  integer,
  isoDate,
  length,
  localDate,
  multivalued,
  notBlank,
  options,
  pattern,
  personNameProhibitedCharacters,
  upUsernameNotIdnHomograph,
  uri,
  usernameProhibitedCharacters,
] satisfies readonly ProfileValidator[]

const byId: ReadonlyMap<string, ProfileValidator> = new Map(profileValidators.map((validator) => [validator.id, validator]))

export const findValidator = (id: string): ProfileValidator | undefined => byId.get(id)
