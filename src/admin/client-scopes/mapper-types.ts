import { protocolMappers } from '../../tokens/mappers/index.ts'

/** Types of mappers for SAML: clients may hold them, and nothing here runs them. */
const samlTypes = [
  'saml-audience-mapper',
  'saml-audience-resolve-mapper',
  'saml-authn-context-class-ref-mapper',
  'saml-group-membership-mapper',
  'saml-hardcode-attribute-mapper',
  'saml-hardcode-role-mapper',
  'saml-organization-group-membership-mapper',
  'saml-organization-membership-mapper',
  'saml-role-list-mapper',
  'saml-role-name-mapper',
  'saml-user-attribute-mapper',
  'saml-user-attribute-nameid-mapper',
  'saml-user-property-mapper',
  'saml-user-session-note-mapper',
]

const dockerTypes = ['docker-v2-allow-all-mapper']

/** The types of protocol mappers that the reference knows. */
export const mapperTypes: ReadonlySet<string> = new Set([...protocolMappers.map(({ id }) => id), ...samlTypes, ...dockerTypes])
