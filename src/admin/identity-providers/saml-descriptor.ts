import { createHash, sign } from 'node:crypto'
import type { RealmKey } from '../../keys/key.ts'
import { realmKeys } from '../../keys/realm-keys.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import type { IdentityProviderMapperRepresentation, IdentityProviderRepresentation } from '../../representations/identity-provider.ts'
import { issuerOf } from '../../tokens/issuer.ts'
import { xmlAttribute, xmlText } from './xml.ts'

const saml = 'urn:oasis:names:tc:SAML:2.0:'
const signatures = 'http://www.w3.org/2000/09/xmldsig#'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const bindings = { post: `${saml}bindings:HTTP-POST`, redirect: `${saml}bindings:HTTP-Redirect`, artifact: `${saml}bindings:HTTP-Artifact` }

type Attributes = readonly (readonly [name: string, value: string | undefined])[]

/**
 * Attributes must come in the order of exclusive canonical XML, namespaces first: then the text is its own canonical form, and can be
 * signed as it stands.
 */
const element = (name: string, attributes: Attributes, ...content: readonly string[]): string => {
  const written = attributes.flatMap(([key, value]) => (value === undefined ? [] : ` ${key}="${xmlAttribute(value)}"`)).join('')
  return `<${name}${written}>${content.join('')}</${name}>`
}

export interface DescriptorFacts {
  readonly realm: RealmSnapshot
  readonly baseUrl: string
  readonly provider: IdentityProviderRepresentation
  readonly mappers: readonly IdentityProviderMapperRepresentation[]
  /** Identifies the document; a random UUID. */
  readonly documentId: string
}

/** What a SAML identity provider has to know of the realm: its metadata as a service provider (SAML 2.0 Metadata, section 2.4.4). */
export function samlDescriptor(facts: DescriptorFacts): string {
  const { realm, baseUrl, provider, documentId } = facts
  const config = provider.config ?? {}
  const id = `ID_${documentId}`
  const entityId = config['entityId'] || issuerOf(baseUrl, realm)
  const open = `<md:EntityDescriptor xmlns:md="${saml}metadata" ID="${id}" entityID="${xmlAttribute(entityId)}">`
  const role = serviceProvider(facts)
  const signature = config['signSpMetadata'] === 'true' ? signatureOf(realm, config, id, `${open}${role}</md:EntityDescriptor>`) : ''
  return `${open}${signature}${role}</md:EntityDescriptor>`
}

function serviceProvider({ realm, baseUrl, provider, mappers }: DescriptorFacts): string {
  const config = provider.config ?? {}
  const isOn = (name: string): boolean => config[name] === 'true'
  const endpoint = `${issuerOf(baseUrl, realm)}/broker/${encodeURIComponent(provider.alias ?? '')}/endpoint`
  // Where nothing is said of logouts, the binding of responses counts (reference behaviour).
  const logout = isOn(config['postBindingLogout'] ? 'postBindingLogout' : 'postBindingResponse')
    ? [bindings.post, bindings.redirect]
    : [bindings.redirect, bindings.post]
  const response = isOn('postBindingAuthnRequest') ? [bindings.post, bindings.redirect] : [bindings.redirect, bindings.post]
  const usable = realm.derived(realmKeys).all.filter((key) => key.status !== 'DISABLED' && key.type === 'RSA')
  const signing = isOn('wantAuthnRequestsSigned') ? usable.filter(({ algorithm }) => algorithm === 'RS256') : []
  const encryption = isOn('wantAssertionsEncrypted') ? usable.filter(({ use }) => use === 'ENC') : []
  return element(
    'md:SPSSODescriptor',
    [
      ['AuthnRequestsSigned', String(isOn('wantAuthnRequestsSigned'))],
      ['WantAssertionsSigned', String(isOn('wantAssertionsSigned'))],
      ['protocolSupportEnumeration', `${saml}protocol`],
    ],
    ...signing.map((key) => keyDescriptor(key, 'signing')),
    ...encryption.map((key) => keyDescriptor(key, 'encryption', ...encryptionMethods)),
    ...logout.map((binding) =>
      element('md:SingleLogoutService', [
        ['Binding', binding],
        ['Location', endpoint],
      ]),
    ),
    element('md:NameIDFormat', [], xmlText(config['nameIDPolicyFormat'] ?? '')),
    ...[...response, bindings.artifact].map((binding, index) =>
      element('md:AssertionConsumerService', [
        ['Binding', binding],
        ['Location', endpoint],
        ['index', String(index + 1)],
        ['isDefault', index === 0 ? 'true' : undefined],
      ]),
    ),
    attributeService(realm, config, mappers),
  )
}

const encryptionMethods = ['http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p', 'http://www.w3.org/2009/xmlenc11#rsa-oaep'].map((algorithm) =>
  element('md:EncryptionMethod', [['Algorithm', algorithm]]),
)

const keyDescriptor = ({ kid, certificate }: RealmKey, use: 'signing' | 'encryption', ...more: readonly string[]): string =>
  element(
    'md:KeyDescriptor',
    [['use', use]],
    element(
      'ds:KeyInfo',
      [['xmlns:ds', signatures]],
      element('ds:KeyName', [], xmlText(kid)),
      ...(certificate ? [element('ds:X509Data', [], element('ds:X509Certificate', [], certificate.toString('base64')))] : []),
    ),
    ...more,
  )

/** Mappers that read an attribute of the assertion, by their kind: the settings that name it. */
const attributeSettings: Readonly<Record<string, readonly [name: string, friendlyName: string]>> = Object.freeze({
  'saml-user-attribute-idp-mapper': ['attribute.name', 'attribute.friendly.name'],
  'saml-role-idp-mapper': ['attribute.name', 'attribute.friendly.name'],
  'saml-xpath-attribute-idp-mapper': ['attribute.name', 'attribute.friendly.name'],
})

const nameFormats: Readonly<Record<string, string>> = Object.freeze({
  ATTRIBUTE_FORMAT_BASIC: `${saml}attrname-format:basic`,
  ATTRIBUTE_FORMAT_URI: `${saml}attrname-format:uri`,
  ATTRIBUTE_FORMAT_UNSPECIFIED: `${saml}attrname-format:unspecified`,
})

/** The attributes that mappers wait for; absent when there are none. */
function attributeService(
  realm: RealmSnapshot,
  config: Readonly<Record<string, string>>,
  mappers: readonly IdentityProviderMapperRepresentation[],
): string {
  const requested = mappers.flatMap(({ identityProviderMapper = '', config: settings = {} }) => {
    const [nameSetting = '', friendlySetting = ''] = attributeSettings[identityProviderMapper] ?? []
    const [name, friendlyName] = [settings[nameSetting] || undefined, settings[friendlySetting] || undefined]
    if (name === undefined && friendlyName === undefined) return []
    const format = nameFormats[settings['attribute.name.format'] ?? ''] ?? `${saml}attrname-format:basic`
    return element('md:RequestedAttribute', [
      ['FriendlyName', friendlyName],
      ['Name', name],
      ['NameFormat', format],
    ])
  })
  if (requested.length === 0) return ''
  const index = /^\d{1,5}$/.test(config['attributeConsumingServiceIndex'] ?? '') ? config['attributeConsumingServiceIndex'] : '1'
  const serviceName = config['attributeConsumingServiceName'] || (realm.settings.displayName ?? realm.name)
  return element(
    'md:AttributeConsumingService',
    [
      ['index', index],
      ['isDefault', 'true'],
    ],
    element('md:ServiceName', [['xml:lang', 'en']], xmlText(serviceName)),
    ...new Set(requested),
  )
}

interface Algorithm {
  readonly hash: string
  readonly signature: string
  readonly digest: string
}

const sha256: Algorithm = {
  hash: 'sha256',
  signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
}

/** The realm's choices for signatures in SAML that are still thought safe. */
const algorithms: Readonly<Record<string, Algorithm>> = Object.freeze({
  RSA_SHA256: sha256,
  RSA_SHA512: {
    hash: 'sha512',
    signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
    digest: 'http://www.w3.org/2001/04/xmlenc#sha512',
  },
})

/** An enveloped signature (XML Signature, section 6.6.4); empty when the realm has no key for it. `document` is in canonical form. */
function signatureOf(realm: RealmSnapshot, config: Readonly<Record<string, string>>, id: string, document: string): string {
  const key = realm.derived(realmKeys).signing('RS256')
  if (key === undefined) return ''
  const algorithm = algorithms[config['signatureAlgorithm'] ?? ''] ?? sha256
  const transforms = [`${signatures}enveloped-signature`, exclusive].map((name) => element('dsig:Transform', [['Algorithm', name]]))
  const reference = element(
    'dsig:Reference',
    [['URI', `#${id}`]],
    element('dsig:Transforms', [], ...transforms),
    element('dsig:DigestMethod', [['Algorithm', algorithm.digest]]),
    element('dsig:DigestValue', [], createHash(algorithm.hash).update(document).digest('base64')),
  )
  const content = [
    element('dsig:CanonicalizationMethod', [['Algorithm', exclusive]]),
    element('dsig:SignatureMethod', [['Algorithm', algorithm.signature]]),
    reference,
  ]
  // In the document the prefix is declared by the parent; what is signed declares it itself.
  const canonical = element('dsig:SignedInfo', [['xmlns:dsig', signatures]], ...content)
  const value = sign(algorithm.hash, Buffer.from(canonical), key.privateKey).toString('base64')
  const certificate = key.certificate?.toString('base64') ?? ''
  return element(
    'dsig:Signature',
    [['xmlns:dsig', signatures]],
    element('dsig:SignedInfo', [], ...content),
    element('dsig:SignatureValue', [], value),
    element('dsig:KeyInfo', [], element('dsig:X509Data', [], element('dsig:X509Certificate', [], certificate))),
  )
}
