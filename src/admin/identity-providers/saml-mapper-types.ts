import { property } from '../property.ts'
import { allowNullableProperty, grantedRole, target } from './mapper-properties.ts'
import type { IdentityProviderMapperType } from './mapper-type.ts'

const areAttributeValuesRegex = property({
  name: 'are.attribute.values.regex',
  label: 'Regex Attribute Values',
  helpText: 'If enabled attribute values are interpreted as regular expressions.',
  type: 'boolean',
})
const attributeName = property({
  name: 'attribute.name',
  label: 'Attribute Name',
  helpText: 'Name of attribute to search for in assertion.  You can leave this blank and specify a friendly name instead.',
  type: 'String',
})
const attributeFriendlyName = property({
  name: 'attribute.friendly.name',
  label: 'Friendly Name',
  helpText: 'Friendly name of attribute to search for in assertion.  You can leave this blank and specify a name instead.',
  type: 'String',
})

/** What SAML providers can bring to a user. */
export const samlMapperTypes: readonly IdentityProviderMapperType[] = Object.freeze([
  {
    id: 'saml-advanced-group-idp-mapper',
    name: 'Advanced Attribute to Group',
    category: 'Group Importer',
    helpText: 'If all attributes exists, assign the user to the specified group.',
    properties: [
      property({
        name: 'attributes',
        label: 'Attributes',
        helpText:
          "Name and value of the attributes to search for in token. You can reference nested attributes using a '.', i.e. 'address.locality'. To use dot (.) literally, escape it with backslash (\\.)",
        type: 'Map',
      }),
      areAttributeValuesRegex,
      property({ name: 'group', label: 'Group', helpText: 'Group to assign the user to if attribute is present.', type: 'Group' }),
    ],
    providers: ['saml'],
  },
  {
    id: 'saml-advanced-role-idp-mapper',
    name: 'Advanced Attribute to Role',
    category: 'Role Importer',
    helpText: 'If the set of attributes exists and can be matched, grant the user the specified realm or client role.',
    properties: [
      property({
        name: 'attributes',
        label: 'Attributes',
        helpText:
          'Name and (regex) value of the attributes to search for in token.  The configured name of an attribute is searched in SAML attribute name and attribute friendly name fields. Every given attribute description must be met to set the role. If the attribute is an array, then the value must be contained in the array. If an attribute can be found several times, then one match is sufficient.',
        type: 'Map',
      }),
      areAttributeValuesRegex,
      property({
        name: 'role',
        label: 'Role',
        helpText:
          "Role to grant to user if all attributes are present. Click 'Select Role' button to browse roles, or just type it in the textbox. To reference a client role the syntax is clientname.clientrole, i.e. myclient.myrole",
        type: 'Role',
      }),
    ],
    providers: ['saml'],
  },
  {
    id: 'saml-role-idp-mapper',
    name: 'SAML Attribute to Role',
    category: 'Role Mapper',
    helpText: 'If an attribute exists, grant the user the specified realm or client role.',
    properties: [
      attributeName,
      attributeFriendlyName,
      property({
        name: 'attribute.value',
        label: 'Attribute Value',
        helpText: 'Value the attribute must have.  If the attribute is a list, then the value must be contained in the list.',
        type: 'String',
      }),
      grantedRole,
    ],
    providers: ['saml'],
  },
  {
    id: 'saml-user-attribute-idp-mapper',
    name: 'Attribute Importer',
    category: 'Attribute Importer',
    helpText: 'Import declared saml attribute if it exists in assertion into the specified user property or attribute.',
    properties: [
      attributeName,
      attributeFriendlyName,
      property({
        name: 'attribute.name.format',
        label: 'Name Format',
        helpText: 'Name format of attribute to specify in the RequestedAttribute element. Default to basic format.',
        type: 'List',
        defaultValue: 'ATTRIBUTE_FORMAT_BASIC',
        options: ['ATTRIBUTE_FORMAT_BASIC', 'ATTRIBUTE_FORMAT_URI', 'ATTRIBUTE_FORMAT_UNSPECIFIED'],
      }),
      property({
        name: 'user.attribute',
        label: 'User Attribute Name',
        helpText:
          'User attribute name to store saml attribute.  Use email, lastName, and firstName to map to those predefined user properties.',
        type: 'UserProfileAttributeList',
      }),
      allowNullableProperty,
    ],
    providers: ['saml'],
  },
  {
    id: 'saml-username-idp-mapper',
    name: 'Username Template Importer',
    category: 'Preprocessor',
    helpText: 'Format the username to import.',
    properties: [
      property({
        name: 'template',
        label: 'Template',
        helpText: `Template to use to format the username to import.  Substitutions are enclosed in \${}.  For example: '\${ALIAS}.\${NAMEID}'.  ALIAS is the provider alias.  NAMEID is that SAML name id assertion.  ATTRIBUTE.<NAME> references a SAML attribute where name is the attribute name or friendly name. \nThe substitution can be converted to upper or lower case by appending |uppercase or |lowercase to the substituted value, e.g. '\${NAMEID | lowercase} \nLocal part of email can be extracted by appending |localpart to the substituted value, e.g. \${ATTRIBUTE.email | localpart}. If "@" is not part of the string, this conversion leaves the substitution untouched.`,
        type: 'String',
        defaultValue: `\${ALIAS}.\${NAMEID}`,
      }),
      target,
    ],
    providers: ['saml'],
  },
  {
    id: 'saml-xpath-attribute-idp-mapper',
    name: 'XPath Attribute Importer',
    category: 'Attribute Importer',
    helpText: 'Extract text of a saml attribute via XPath expression and import into the specified user property or attribute.',
    properties: [
      property({
        name: 'attribute.xpath',
        label: 'Attribute XPath',
        helpText:
          'XPath expression to search for. All attributes are surrounded with a <root> element. Given prefixes and namespaces are preserved. Example: <root><myPrefix:Person xmlns:myPrefix="http://my.namespace/schema"><myPrefix:FirstName>John</myPrefix:FirstName>...</myPrefix:Person></root> or <root>Some attribute value of anyType</root>',
        type: 'String',
      }),
      property({
        name: 'attribute.name',
        label: 'Attribute Name',
        helpText:
          'Name of attribute to search for in assertion and apply XPath. You can leave this blank to try to apply XPath to all attributes or specify a friendly name instead.',
        type: 'String',
      }),
      property({
        name: 'attribute.friendly.name',
        label: 'Friendly Name',
        helpText:
          'Friendly name of attribute to search for in assertion. You can leave this blank to try to apply XPath to all attributes or specify a name instead.',
        type: 'String',
      }),
      property({
        name: 'user.attribute',
        label: 'User Attribute Name',
        helpText:
          'User attribute name to store XPath value. Use email, firstName, and lastName for e-mail, first and last name, respectively.',
        type: 'UserProfileAttributeList',
      }),
    ],
    providers: ['saml'],
  },
])
