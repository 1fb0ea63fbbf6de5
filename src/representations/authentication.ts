import { configPropertyRepresentation } from './component.ts'
import { boolean, cleared, initially, integer, list, map, object, primitive, type Representation, table, text } from './fields.ts'

/** The reference reads both spellings into one value and prints both. */
const twins = {
  authenticatorFlow: bothSpellings,
  autheticatorFlow: bothSpellings,
}

function bothSpellings(value: unknown): Readonly<Record<string, unknown>> {
  return { authenticatorFlow: value, autheticatorFlow: value }
}

export const authenticationExecutionExportRepresentation = table(
  'AuthenticationExecutionExportRepresentation',
  {
    authenticatorConfig: text,
    authenticator: text,
    authenticatorFlow: primitive(boolean),
    requirement: text,
    priority: integer,
    autheticatorFlow: primitive(boolean),
    flowAlias: text,
    userSetupAllowed: primitive(boolean),
  },
  {
    reading: twins,
  },
)

export type AuthenticationExecutionExportRepresentation = Representation<typeof authenticationExecutionExportRepresentation>

export const authenticationFlowRepresentation = table('AuthenticationFlowRepresentation', {
  id: text,
  alias: text,
  description: text,
  providerId: text,
  topLevel: primitive(boolean),
  builtIn: primitive(boolean),
  authenticationExecutions: list(object(() => authenticationExecutionExportRepresentation)),
})

export type AuthenticationFlowRepresentation = Representation<typeof authenticationFlowRepresentation>

export const authenticationExecutionRepresentation = table(
  'AuthenticationExecutionRepresentation',
  {
    authenticatorConfig: text,
    authenticator: text,
    authenticatorFlow: primitive(boolean),
    requirement: text,
    priority: integer,
    autheticatorFlow: primitive(boolean),
    id: text,
    flowId: text,
    parentFlow: text,
  },
  {
    reading: twins,
  },
)

export type AuthenticationExecutionRepresentation = Representation<typeof authenticationExecutionRepresentation>

export const authenticationExecutionInfoRepresentation = table('AuthenticationExecutionInfoRepresentation', {
  id: text,
  requirement: text,
  displayName: text,
  alias: text,
  description: text,
  requirementChoices: list(text),
  configurable: boolean,
  authenticationFlow: boolean,
  providerId: text,
  authenticationConfig: text,
  flowId: text,
  level: primitive(integer),
  index: primitive(integer),
  priority: primitive(integer),
})

export type AuthenticationExecutionInfoRepresentation = Representation<typeof authenticationExecutionInfoRepresentation>

export const authenticatorConfigRepresentation = table('AuthenticatorConfigRepresentation', {
  id: text,
  alias: cleared(text),
  config: initially(map(text), {}),
})

export type AuthenticatorConfigRepresentation = Representation<typeof authenticatorConfigRepresentation>

export const authenticatorConfigInfoRepresentation = table('AuthenticatorConfigInfoRepresentation', {
  name: text,
  providerId: text,
  helpText: text,
  properties: list(object(() => configPropertyRepresentation)),
})

export type AuthenticatorConfigInfoRepresentation = Representation<typeof authenticatorConfigInfoRepresentation>

export const requiredActionProviderRepresentation = table(
  'RequiredActionProviderRepresentation',
  {
    alias: text,
    name: text,
    providerId: text,
    enabled: primitive(boolean),
    defaultAction: primitive(boolean),
    priority: primitive(integer),
    config: map(text),
  },
  {
    put: { absent: 'clear', except: ['providerId'] },
  },
)

export type RequiredActionProviderRepresentation = Representation<typeof requiredActionProviderRepresentation>

export const requiredActionConfigRepresentation = table('RequiredActionConfigRepresentation', {
  config: initially(map(text), {}),
})

export type RequiredActionConfigRepresentation = Representation<typeof requiredActionConfigRepresentation>

export const requiredActionConfigInfoRepresentation = table('RequiredActionConfigInfoRepresentation', {
  properties: list(object(() => configPropertyRepresentation)),
})

export type RequiredActionConfigInfoRepresentation = Representation<typeof requiredActionConfigInfoRepresentation>
