import { property } from '../property.ts'
import { allowNullableProperty, grantedRole, target } from './mapper-properties.ts'
import { everyProvider, type IdentityProviderMapperType, oidcAndSocial, oidcProviders } from './mapper-type.ts'

const claims = property({
  name: 'claims',
  label: 'Claims',
  helpText:
    "Name and value of the claims to search for in token. You can reference nested claims using a '.', i.e. 'address.locality'. To use dot (.) literally, escape it with backslash (\\.)",
  type: 'Map',
})
const areClaimValuesRegex = property({
  name: 'are.claim.values.regex',
  label: 'Regex Claim Values',
  helpText: 'If enabled claim values are interpreted as regular expressions.',
  type: 'boolean',
})
const claim = property({
  name: 'claim',
  label: 'Claim',
  helpText:
    "Name of claim to search for in token. You can reference nested claims using a '.', i.e. 'address.locality'. To use dot (.) literally, escape it with backslash (\\.)",
  type: 'String',
})

/** What OpenID Connect providers, and in part all others, can bring to a user. */
export const oidcMapperTypes: readonly IdentityProviderMapperType[] = Object.freeze([
  {
    id: 'hardcoded-attribute-idp-mapper',
    name: 'Hardcoded Attribute',
    category: 'Attribute Importer',
    helpText: 'When user is imported from provider, hardcode a value to a specific user attribute.',
    properties: [
      property({
        name: 'attribute',
        label: 'User Attribute',
        helpText: 'Name of user attribute you want to hardcode',
        type: 'UserProfileAttributeList',
      }),
      property({ name: 'attribute.value', label: 'User Attribute Value', helpText: 'Value you want to hardcode', type: 'String' }),
    ],
    providers: everyProvider,
  },
  {
    id: 'hardcoded-user-session-attribute-idp-mapper',
    name: 'Hardcoded User Session Attribute',
    category: 'Attribute Importer',
    helpText: 'When user is imported from provider, hardcode a value to a specific user session attribute.',
    properties: [
      property({
        name: 'attribute',
        label: 'User Session Attribute',
        helpText: 'Name of user session attribute you want to hardcode',
        type: 'String',
      }),
      property({ name: 'attribute.value', label: 'User Session Attribute Value', helpText: 'Value you want to hardcode', type: 'String' }),
    ],
    providers: everyProvider,
  },
  {
    id: 'keycloak-oidc-role-to-role-idp-mapper',
    name: 'External Role to Role',
    category: 'Role Importer',
    helpText:
      'Looks for an external role in a keycloak access token.  If external role exists, grant the user the specified realm or client role.',
    properties: [
      property({
        name: 'external.role',
        label: 'External role',
        helpText: 'External role to check for.  To reference a client role the syntax is clientname.clientrole, i.e. myclient.myrole',
        type: 'String',
      }),
      property({
        name: 'role',
        label: 'Role',
        helpText:
          "Role to grant to user if external role is present.  Click 'Select Role' button to browse roles, or just type it in the textbox.  To reference a client role the syntax is clientname.clientrole, i.e. myclient.myrole",
        type: 'Role',
      }),
    ],
    providers: ['keycloak-oidc'],
  },
  {
    id: 'oidc-advanced-group-idp-mapper',
    name: 'Advanced Claim to Group',
    category: 'Group Importer',
    helpText: 'If all claims exists, assign the user to the specified group.',
    properties: [
      claims,
      areClaimValuesRegex,
      property({ name: 'group', label: 'Group', helpText: 'Group to assign the user to if claim is present.', type: 'Group' }),
    ],
    providers: oidcProviders,
  },
  {
    id: 'oidc-advanced-role-idp-mapper',
    name: 'Advanced Claim to Role',
    category: 'Role Importer',
    helpText: 'If all claims exists, grant the user the specified realm or client role.',
    properties: [
      claims,
      areClaimValuesRegex,
      property({
        name: 'role',
        label: 'Role',
        helpText:
          "Role to grant to user if claim is present. Click 'Select Role' button to browse roles, or just type it in the textbox. To reference a client role the syntax is clientname.clientrole, i.e. myclient.myrole",
        type: 'Role',
      }),
    ],
    providers: oidcProviders,
  },
  {
    id: 'oidc-hardcoded-group-idp-mapper',
    name: 'Hardcoded Group',
    category: 'Group Importer',
    helpText: 'Assign the user to the specified group.',
    properties: [property({ name: 'group', label: 'Group', helpText: 'Group to assign the user.', type: 'Group' })],
    providers: everyProvider,
  },
  {
    id: 'oidc-hardcoded-role-idp-mapper',
    name: 'Hardcoded Role',
    category: 'Role Importer',
    helpText: 'When user is imported from provider, hardcode a role mapping for it.',
    properties: [grantedRole],
    providers: everyProvider,
  },
  {
    id: 'oidc-role-idp-mapper',
    name: 'Claim to Role',
    category: 'Role Importer',
    helpText: 'If a claim exists, grant the user the specified realm or client role.',
    properties: [
      claim,
      property({
        name: 'claim.value',
        label: 'Claim Value',
        helpText: 'Value the claim must have.  If the claim is an array, then the value must be contained in the array.',
        type: 'String',
      }),
      property({
        name: 'role',
        label: 'Role',
        helpText:
          "Role to grant to user if claim is present.  Click 'Select Role' button to browse roles, or just type it in the textbox.  To reference a client role the syntax is clientname.clientrole, i.e. myclient.myrole",
        type: 'Role',
      }),
    ],
    providers: oidcProviders,
  },
  {
    id: 'oidc-user-attribute-idp-mapper',
    name: 'Attribute Importer',
    category: 'Attribute Importer',
    helpText:
      'Import declared claim if it exists in ID, access token or the claim set returned by the user profile endpoint into the specified user property or attribute.',
    properties: [
      claim,
      property({
        name: 'user.attribute',
        label: 'User Attribute Name',
        helpText: 'User attribute name to store claim.  Use email, lastName, and firstName to map to those predefined user properties.',
        type: 'UserProfileAttributeList',
      }),
      allowNullableProperty,
    ],
    providers: oidcProviders,
  },
  {
    id: 'oidc-user-session-note-idp-mapper',
    name: 'User Session Note Mapper',
    category: 'User Session',
    helpText:
      "Add every matching claim to the user session note. This can be used together for instance with the 'User Session Note' protocol mapper configured for your client scope or client, so that claims for 3rd party IDPs would be available in the access token sent to your client application.",
    properties: [
      property({
        name: 'claims',
        label: 'Claims',
        helpText:
          "Names and values of the claims to search for in the token. You can reference nested claims using a '.', i.e. 'address.locality'. To use dot (.) literally, escape it with backslash (\\.)",
        type: 'Map',
      }),
      property({
        name: 'are.claim.values.regex',
        label: 'Regex Claim Values',
        helpText: 'If enabled, claim values are interpreted as regular expressions.',
        type: 'boolean',
      }),
    ],
    providers: oidcProviders,
  },
  {
    id: 'oidc-username-idp-mapper',
    name: 'Username Template Importer',
    category: 'Preprocessor',
    helpText: 'Format the username to import.',
    properties: [
      property({
        name: 'template',
        label: 'Template',
        helpText: `Template to use to format the username to import.  Substitutions are enclosed in \${}.  For example: '\${ALIAS}.\${CLAIM.sub}'.  ALIAS is the provider alias.  CLAIM.<NAME> references an ID or Access token claim. \nThe substitution can be converted to upper or lower case by appending |uppercase or |lowercase to the substituted value, e.g. '\${CLAIM.sub | lowercase}`,
        type: 'String',
        defaultValue: `\${ALIAS}.\${CLAIM.preferred_username}`,
      }),
      target,
    ],
    providers: oidcAndSocial,
  },
])
