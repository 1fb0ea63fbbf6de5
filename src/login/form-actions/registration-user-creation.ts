import { users } from '../../storage/users.ts'
import { type ProfileError, validateProfile } from '../../users/profile.ts'
import { loginScopes } from '../profile-form.ts'
import { type FieldProblem, type FormAction, formActionRequirements, type Registration } from './form-action.ts'

/** The audit event's error of a profile that is refused. */
const errorOf = ({ field, key }: ProfileError): string => {
  if (key === 'usernameExistsMessage') return 'username_in_use'
  if (key === 'emailExistsMessage') return 'email_in_use'
  return field === 'email' && key === 'invalidEmailMessage' ? 'invalid_email' : 'invalid_registration'
}

export const profileProblem = (error: ProfileError): FieldProblem => ({
  field: error.field,
  problem: { key: error.key, values: error.params.map((value) => String(value ?? '')) },
  error: errorOf(error),
})

/** Names that somebody has. Told here beside everything else that is wrong; what counts is the check that writing the user makes. */
async function takenNames({ step, profile }: Registration): Promise<ProfileError[]> {
  const { realm, services } = step
  const rows = users(services.database)
  const name = (profile['username']?.[0] ?? '').trim().toLowerCase()
  const email = (profile['email']?.[0] ?? '').trim().toLowerCase()
  const byName = name !== '' && !realm.settings.registrationEmailAsUsername ? await rows.find(realm.id, name) : undefined
  const byEmail = email !== '' && !realm.settings.duplicateEmailsAllowed ? await rows.findByEmail(realm.id, email) : undefined
  return [
    ...(byName === undefined ? [] : [{ field: 'username', key: 'usernameExistsMessage', params: [] }]),
    ...(byEmail === undefined ? [] : [{ field: 'email', key: 'emailExistsMessage', params: [] }]),
  ]
}

/** The profile of the new user. Making the user is the form's own business, after all actions have found nothing wrong. */
export const registrationUserCreation: FormAction = {
  id: 'registration-user-creation',
  label: 'Registration User Profile Creation',
  help: 'This action must always be first! Validates the username and user profile of the user in validation phase.  In success phase, this will create the user in the database including his user profile.',
  requirements: formActionRequirements,
  properties: [],
  async validate(registration) {
    const { step, profile } = registration
    const { errors } = validateProfile(step.realm, { context: 'registration', values: profile, scopes: loginScopes(step) })
    return [...errors, ...(await takenNames(registration))].map(profileProblem)
  },
}
