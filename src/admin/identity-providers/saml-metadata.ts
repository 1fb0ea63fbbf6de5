import { childrenOf, readXml, type XmlElement } from './xml.ts'

const metadata = 'urn:oasis:names:tc:SAML:2.0:metadata'
const signatures = 'http://www.w3.org/2000/09/xmldsig#'
const assertion = 'urn:oasis:names:tc:SAML:2.0:assertion'
const attributeExtension = 'urn:oasis:names:tc:SAML:metadata:attribute'
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'
const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
const soap = 'urn:oasis:names:tc:SAML:2.0:bindings:SOAP'

/** The settings of an identity provider that a SAML 2.0 metadata document describes. Undefined when it describes none. */
export function settingsOfMetadata(source: string, nowMs: number): Record<string, string> | undefined {
  const root = readXml(source)
  const entity = root && describedEntity(root)
  const role = entity && childrenOf(entity, metadata, 'IDPSSODescriptor')[0]
  if (entity === undefined || role === undefined) return undefined
  const signOn = serviceOf(role, 'SingleSignOnService')
  const logout = serviceOf(role, 'SingleLogoutService')
  const artifact = childrenOf(role, metadata, 'ArtifactResolutionService').find((service) => service.attributes.get('Binding') === soap)
  const wantsSigned = /^(?:true|1)$/.test(role.attributes.get('WantAuthnRequestsSigned') ?? '')
  const keys = childrenOf(role, metadata, 'KeyDescriptor')
  const validUntil = Date.parse(entity.attributes.get('validUntil') ?? '')
  const settings: Record<string, string | undefined> = {
    idpEntityId: entity.attributes.get('entityID'),
    singleSignOnServiceUrl: signOn.url,
    singleLogoutServiceUrl: logout.url,
    artifactResolutionServiceUrl: artifact?.attributes.get('Location'),
    wantAuthnRequestsSigned: String(wantsSigned),
    addExtensionsElementWithKeyInfo: 'false',
    validateSignature: String(wantsSigned || keys.some((key) => key.attributes.get('use') === 'signing')),
    postBindingResponse: String(signOn.isPost),
    postBindingAuthnRequest: String(signOn.isPost),
    postBindingLogout: String(logout.isPost),
    artifactBindingResponse: 'false',
    loginHint: 'false',
    nameIDPolicyFormat: childrenOf(role, metadata, 'NameIDFormat')[0]?.text,
    signingCertificate: certificatesFor(keys, 'signing').join(','),
    encryptionPublicKey: certificatesFor(keys, 'encryption')[0],
    enabledFromMetadata: String(Number.isNaN(validUntil) || validUntil > nowMs),
    hideOnLoginPage: isHidden(entity) ? 'true' : undefined,
  }
  return Object.fromEntries(Object.entries(settings).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

/** The document itself, or the first entity of a group. */
function describedEntity(root: XmlElement): XmlElement | undefined {
  if (root.namespace !== metadata) return undefined
  if (root.name === 'EntityDescriptor') return root
  if (root.name !== 'EntitiesDescriptor') return undefined
  return childrenOf(root, metadata, 'EntityDescriptor')[0]
}

/** Where a service is reached, by POST where it can be, else by redirect. */
function serviceOf(role: XmlElement, name: string): { readonly url: string | undefined; readonly isPost: boolean } {
  const services = childrenOf(role, metadata, name)
  const found = [post, redirect].flatMap((binding) => services.find((service) => service.attributes.get('Binding') === binding) ?? [])[0]
  return { url: found?.attributes.get('Location'), isPost: found?.attributes.get('Binding') === post }
}

/** Base64 of the certificates of keys for a use, with the line breaks of the document (reference behaviour); a key without a use is for both. */
const certificatesFor = (keys: readonly XmlElement[], use: 'signing' | 'encryption'): readonly string[] =>
  keys
    .filter((key) => (key.attributes.get('use') ?? use) === use)
    .flatMap((key) => childrenOf(key, signatures, 'KeyInfo'))
    .flatMap((info) => childrenOf(info, signatures, 'X509Data'))
    .flatMap((data) => childrenOf(data, signatures, 'X509Certificate')[0]?.text || [])

/** The entity asks not to be offered to people (entity category hide-from-discovery). */
function isHidden(entity: XmlElement): boolean {
  const attributes = childrenOf(entity, metadata, 'Extensions')
    .flatMap((extensions) => childrenOf(extensions, attributeExtension, 'EntityAttributes'))
    .flatMap((group) => childrenOf(group, assertion, 'Attribute'))
  return attributes
    .filter((one) => one.attributes.get('Name') === 'http://macedir.org/entity-category')
    .flatMap((one) => childrenOf(one, assertion, 'AttributeValue'))
    .some(({ text }) => text === 'http://refeds.org/category/hide-from-discovery')
}
