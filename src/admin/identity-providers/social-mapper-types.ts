import { property } from '../property.ts'
import type { IdentityProviderMapperType } from './mapper-type.ts'

const socialField = property({
  name: 'jsonField',
  label: 'Social Profile JSON Field Path',
  helpText:
    "Path of field in Social provider User Profile JSON data to get value from. You can use dot notation for nesting and square brackets for array index. Eg. 'contact.address[0].country'.",
  type: 'String',
})
const socialUserAttribute = property({
  name: 'userAttribute',
  label: 'User Attribute Name',
  helpText: 'User attribute name to store information into.',
  type: 'UserProfileAttributeList',
})

const socialMapper = (id: string, provider: string): IdentityProviderMapperType => ({
  id,
  name: 'Attribute Importer',
  category: 'Attribute Importer',
  helpText: 'Import user profile information if it exists in Social provider JSON data into the specified user attribute.',
  properties: [socialField, socialUserAttribute],
  providers: [provider],
})

/** What social networks can bring to a user: one mapper each. */
export const socialMapperTypes: readonly IdentityProviderMapperType[] = Object.freeze([
  socialMapper('facebook-user-attribute-mapper', 'facebook'),
  socialMapper('github-user-attribute-mapper', 'github'),
  socialMapper('google-user-attribute-mapper', 'google'),
  socialMapper('linkedin-user-attribute-mapper', 'linkedin-openid-connect'),
  socialMapper('microsoft-user-attribute-mapper', 'microsoft'),
  socialMapper('openshift-v4-user-attribute-mapper', 'openshift-v4'),
  socialMapper('paypal-user-attribute-mapper', 'paypal'),
  socialMapper('stackoverflow-user-attribute-mapper', 'stackoverflow'),
])
