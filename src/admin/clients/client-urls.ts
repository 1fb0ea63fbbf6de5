import type { ClientRepresentation } from '../../representations/client.ts'
import { parseUri } from './client-uri.ts'
import type { ClientFault } from './client-validation.ts'

/** The texts about one kind of address. */
interface UrlTexts {
  readonly field: string
  readonly invalid: readonly [message: string, key: string]
  readonly scheme: readonly [message: string, key: string]
  readonly fragment?: readonly [message: string, key: string]
  /** True where something has to be found at the address; else it only has to be a URI. */
  readonly url: boolean
}

const texts = (field: string, name: string, keys: string): UrlTexts => ({
  field,
  invalid: [`${name} is not a valid URL`, `${keys}Invalid`],
  scheme: [`${name} uses an illegal scheme`, `${keys}IllegalSchemeError`],
  url: true,
})

const redirectTexts = (field: string, name: string, keys: string): UrlTexts => ({
  ...texts(field, name, keys),
  invalid: [`${name} is not a valid URI`, `${keys}Invalid`],
  fragment: [`${name} must not contain an URL fragment`, `${keys}FragmentError`],
  url: false,
})

const rootUrl: UrlTexts = {
  ...texts('rootUrl', 'Root URL', 'clientRootURL'),
  fragment: ['Root URL must not contain an URL fragment', 'clientRootURLFragmentError'],
}
const baseUrl = texts('baseUrl', 'Base URL', 'clientBaseURL')
const backchannelLogout: UrlTexts = {
  ...texts('backchannelLogoutUrl', 'Backchannel logout URL', 'backchannelLogoutUrl'),
  invalid: ['Backchannel logout URL is not a valid URL', 'backchannelLogoutUrlIsInvalid'],
}
const redirectUri = redirectTexts('redirectUris', 'A redirect URI', 'clientRedirectURIs')
const postLogoutUri = redirectTexts('postLogoutUris', 'A post-logout redirect URI', 'clientPostLogoutRedirectURIs')
const requestUri: UrlTexts = {
  field: 'requestUris',
  invalid: ['Valid request URIs has an invalid value', 'requestUrisAreInvalid'],
  scheme: ['Valid request URIs has a value with illegal scheme', 'requestUrisHasIllegalSchemeError'],
  url: false,
}
const adminUrl = texts('adminUrl', 'Admin URL', 'adminURL')
const jwksUrl = texts('jwksUrl', 'JWKS URL', 'jwksURL')
const frontchannelLogout = texts('frontchannelLogoutUrl', 'Front-channel logout URL', 'frontchannelLogoutUrl')
const logo: UrlTexts = { ...texts('logoUri', 'Logo URL', 'logoURL'), url: false }
const policy = texts('policyUri', 'Policy URL', 'policyURL')
const terms = texts('tosUri', 'Terms of service URL', 'tosURL')

/** Attributes of SAML clients that hold an address, with the words for it. */
const samlAttributes: readonly UrlTexts[] = [
  texts('saml_assertion_consumer_url_post', 'Assertion Consumer Service POST Binding URL', 'samlAssertionConsumerUrlPostURL'),
  texts('saml_assertion_consumer_url_redirect', 'Assertion Consumer Service Redirect Binding URL', 'samlAssertionConsumerUrlRedirectURL'),
  texts('saml_artifact_binding_url', 'Artifact Binding URL', 'samlAssertionConsumerUrlArtifactURL'),
  texts('saml_single_logout_service_url_post', 'Logout Service POST Binding URL', 'samlLogoutServiceUrlPostURL'),
  texts('saml_single_logout_service_url_artifact', 'Logout Service ARTIFACT Binding URL', 'samlLogoutServiceUrlArtifactURL'),
  texts('saml_single_logout_service_url_redirect', 'Logout Service Redirect Binding URL', 'samlLogoutServiceUrlRedirectURL'),
  texts('saml_single_logout_service_url_soap', 'Logout Service SOAP Binding URL', 'samlLogoutServiceUrlSoapURL'),
  texts('saml_artifact_resolution_service_url', 'Artifact Resolution Service', 'samlAssertionConsumerUrlPostURL'),
  texts('saml.metadataDescriptorUrl', 'Metadata descriptor URL', 'saml.metadataDescriptorUrl'),
]

/** Stands for our own address: clients are judged alike wherever they are written. */
const server = 'https://localhost/auth'

/** A path belongs to the root URL, and without one to the server. */
const resolved = (url: string | undefined, root: string = server): string | undefined =>
  url?.startsWith('/') ? `${root === '' ? server : root}${url}` : url

const isServer = (url: string): boolean => /^\$\{auth(?:Base|Admin)Url\}$/.test(url)

/** What is wrong with a client's addresses (reference behaviour). Scripts and data are no place to send a browser to. */
export function urlFaults(client: ClientRepresentation): ClientFault[] {
  const { attributes = {}, protocol } = client
  const root = client.rootUrl !== undefined && isServer(client.rootUrl) ? server : client.rootUrl
  const attribute = (name: string): string | undefined => resolved(attributes[name])
  const listed = (name: string): string[] => (attributes[name] ?? '').split('##')
  const backchannelUrl = attribute('backchannel.logout.url')
  return [
    ...check(rootUrl, root),
    ...check(baseUrl, resolved(client.baseUrl)),
    ...check(backchannelLogout, backchannelUrl && withoutPlaceholders(backchannelUrl)),
    ...(client.redirectUris ?? []).flatMap((uri) => check(redirectUri, resolved(uri, root))),
    ...listed('post.logout.redirect.uris').flatMap((uri) => check(postLogoutUri, uri)),
    ...listed('request.uris').flatMap((uri) => check(requestUri, uri)),
    ...(protocol === 'openid-connect'
      ? [
          ...check(adminUrl, resolved(client.adminUrl)?.replaceAll(sessionHost, 'localhost')),
          ...check(jwksUrl, attribute('jwks.url')),
          ...check(frontchannelLogout, attribute('frontchannel.logout.url')),
        ]
      : []),
    ...check(logo, attributes['logoUri']),
    ...check(policy, attributes['policyUri']),
    ...check(terms, attributes['tosUri']),
    ...(protocol === 'saml' ? samlFaults(client, attributes) : []),
  ]
}

const samlFaults = (client: ClientRepresentation, attributes: Readonly<Record<string, string>>): ClientFault[] => [
  ...check(texts('masterSamlProcessingUrl', 'Master SAML Processing URL', 'adminUrlURL'), client.adminUrl),
  ...samlAttributes.flatMap((words) => check(words, attributes[words.field])),
]

/** What stands for the host of a client's cluster node. */
const sessionHost = `${'$'}{application.session.host}`

/** Braces may stand for parts of a backchannel logout URL, when each is closed. */
function withoutPlaceholders(url: string): string {
  let open = 0
  for (const character of url) {
    if (character === '{') open += 1
    else if (character === '}') open -= 1
    if (open < 0) return url
  }
  return open === 0 ? url.replaceAll('{', '%7B').replaceAll('}', '%7D') : url
}

function check({ field, invalid, scheme, fragment, url }: UrlTexts, text: string | undefined): ClientFault[] {
  if (text === undefined || text === '') return []
  const fault = ([message, key]: readonly [string, string]): ClientFault => ({ field, message, key })
  const uri = parseUri(text)
  if (uri === undefined) return [fault(invalid)]
  const illegal = field === logo.field ? /^javascript$/i : /^(?:data|javascript)$/i
  const faults: ClientFault[] = []
  if (uri.scheme !== undefined && illegal.test(uri.scheme)) faults.push(fault(scheme))
  if (fragment && uri.fragment !== undefined) faults.push(fault(fragment))
  if (url && faults.length === 0 && !uri.isUrl) faults.push(fault(invalid))
  return faults
}
