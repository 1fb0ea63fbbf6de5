import { property } from '../property.ts'

/** Settings of the authenticators that read a client certificate. */
export const x509Properties = Object.freeze([
  property({
    name: 'x509-cert-auth.mapping-source-selection',
    label: 'User Identity Source',
    helpText:
      "Choose how to extract user identity from X509 certificate or the certificate fields. For example, SubjectDN will match the custom regular expression specified below to the value of certificate's SubjectDN field.",
    type: 'List',
    defaultValue: 'Match SubjectDN using regular expression',
    options: [
      'Match SubjectDN using regular expression',
      "Subject's e-mail",
      "Subject's Alternative Name E-mail",
      "Subject's Alternative Name otherName (UPN)",
      "Subject's Common Name",
      'Match IssuerDN using regular expression',
      'Certificate Serial Number',
      'Certificate Serial Number and IssuerDN',
      'SHA-256 Thumbprint',
      'Full Certificate in PEM format',
    ],
  }),
  property({
    name: 'x509-cert-auth.canonical-dn-enabled',
    label: 'Canonical DN representation enabled',
    helpText:
      'Use the canonical format (as defined in the Java Platform) to determine the distinguished name. When enabled, the RFC 2253 conformant string representation is returned, but with some additional normalization rules that alter the original DN in the certificate. This option is relevant for authenticators using a distinguished name.',
    type: 'boolean',
    defaultValue: 'false',
  }),
  property({
    name: 'x509-cert-auth.serialnumber-hex-enabled',
    label: 'Enable Serial Number hexadecimal representation',
    helpText: 'Use the hex representation of the serial number. This option is relevant for authenticators using serial number.',
    type: 'boolean',
    defaultValue: 'false',
  }),
  property({
    name: 'x509-cert-auth.regular-expression',
    label: 'A regular expression to extract user identity',
    helpText:
      "The regular expression to extract a user identity. The expression must contain a single group. For example, 'uniqueId=(.*?)(?:,|$)' will match 'uniqueId=somebody@company.org, CN=somebody' and give somebody@company.org",
    type: 'String',
    defaultValue: '(.*?)(?:$)',
  }),
  property({
    name: 'x509-cert-auth.mapper-selection',
    label: 'User mapping method',
    helpText: 'Choose how to map extracted user identities to users',
    type: 'List',
    defaultValue: 'Custom Attribute Mapper',
    options: ['Custom Attribute Mapper', 'Username or Email'],
  }),
  property({
    name: 'x509-cert-auth.mapper-selection.user-attribute-name',
    label: 'A name of user attribute',
    helpText:
      "A name of user attribute to map the extracted user identity to existing user. The name must be a valid, existing user attribute if User Mapping Method is set to Custom Attribute Mapper. Multiple values are relevant when attribute mapping is related to multiple values, e.g. 'Certificate Serial Number and IssuerDN'",
    type: 'MultivaluedString',
    defaultValue: 'usercertificate',
  }),
  property({
    name: 'x509-cert-auth.timestamp-validation-enabled',
    label: 'Check certificate validity',
    helpText:
      "Will verify that the certificate has not expired yet and is already valid by checking the attributes 'notBefore' and 'notAfter'.",
    type: 'boolean',
    defaultValue: 'true',
  }),
  property({
    name: 'x509-cert-auth.crl-checking-enabled',
    label: 'CRL Checking Enabled',
    helpText: 'Enable Certificate Revocation Checking using CRL',
    type: 'boolean',
  }),
  property({
    name: 'x509-cert-auth.crldp-checking-enabled',
    label: 'Enable CRL Distribution Point to check certificate revocation status',
    helpText:
      'CRL Distribution Point is a starting point for CRL. If this is ON, then CRL checking will be done based on the CRL distribution points included in the checked certificates. CDP is optional, but most PKI authorities include CDP in their certificates.',
    type: 'boolean',
    defaultValue: 'false',
  }),
  property({
    name: 'x509-cert-auth.crl-relative-path',
    label: 'CRL Path',
    helpText:
      "Applied just if CRL checking is ON and CRL Distribution point is OFF. It contains the URL (typically 'http' or 'ldap') where the CRL is available. Alternatively it can contain the path to a CRL file that contains a list of revoked certificates. Paths are assumed to be relative to $jboss.server.config.dir. Multiple CRLs can be included, however it can affect performance as the certificate will be checked against all listed CRLs.",
    type: 'MultivaluedString',
    defaultValue: 'crl.pem',
  }),
  property({
    name: 'x509-cert-auth-crl-abort-if-non-updated',
    label: 'CRL abort if non updated',
    helpText:
      'A CRL conforming RFC 5280 must include a next update time that marks when the CRL will be updated. If this option is true, the authentication fails when the CRL is outdated and cannot be updated. If false, the authentication continues when the CRL cannot be updated after the next update time.',
    type: 'boolean',
    defaultValue: 'true',
  }),
  property({
    name: 'x509-cert-auth.ocsp-checking-enabled',
    label: 'OCSP Checking Enabled',
    helpText: 'Enable Certificate Revocation Checking using OCSP',
    type: 'boolean',
  }),
  property({
    name: 'x509-cert-auth.ocsp-fail-open',
    label: 'OCSP Fail-Open Behavior',
    helpText:
      'Whether to allow or deny authentication for client certificates that have missing/invalid/inconclusive OCSP endpoints. By default a successful OCSP response is required.',
    type: 'boolean',
    defaultValue: 'false',
  }),
  property({
    name: 'x509-cert-auth.ocsp-responder-uri',
    label: 'OCSP Responder Uri',
    helpText: 'Clients use OCSP Responder Uri to check certificate revocation status.',
    type: 'String',
  }),
  property({
    name: 'x509-cert-auth.ocsp-responder-certificate',
    label: 'OCSP Responder Certificate',
    helpText:
      'Optional certificate used by the responder to sign the responses. The certificate should be in PEM format without BEGIN and END tags. It is only used if the OCSP Responder URI is set. By default, the certificate of the OCSP responder is that of the issuer of the certificate being validated or one with the OCSPSigning extension and also issued by the same CA. This option identifies the certificate of the OCSP responder when the defaults do not apply.',
    type: 'Text',
  }),
  property({
    name: 'x509-cert-auth.keyusage',
    label: 'Validate Key Usage',
    helpText:
      "Validates that the purpose of the key contained in the certificate (encipherment, signature, etc.) matches its intended purpose. Leaving the field blank will disable Key Usage validation. For example, 'digitalSignature, keyEncipherment' will check if the digitalSignature and keyEncipherment bits (bit 0 and bit 2 respectively) are set in certificate's X509 Key Usage extension. See RFC 5280 for a detailed definition of X509 Key Usage extension.",
    type: 'String',
  }),
  property({
    name: 'x509-cert-auth.extendedkeyusage',
    label: 'Validate Extended Key Usage',
    helpText:
      "Validates the extended purposes of the certificate's key using certificate's Extended Key Usage extension. Leaving the field blank will disable Extended Key Usage validation. See RFC 5280 for a detailed definition of X509 Extended Key Usage extension.",
    type: 'String',
  }),
  property({
    name: 'x509-cert-auth.confirmation-page-disallowed',
    label: 'Bypass identity confirmation',
    helpText:
      'By default, the users are prompted to confirm their identity extracted from X509 client certificate. The identity confirmation prompt is skipped if the option is switched on.',
    type: 'boolean',
  }),
  property({
    name: 'x509-cert-auth.revalidate-certificate-enabled',
    label: 'Revalidate Client Certificate',
    helpText:
      'Forces revalidation of the client certificate according to the certificates defined in the truststore. This is useful when behind a non-validating proxy or when the number of allowed certificate chains would be too large for mutual SSL negotiation.',
    type: 'boolean',
  }),
  property({
    name: 'x509-cert-auth.certificate-policy',
    label: 'Validate Certificate Policy',
    helpText:
      "Validates the certificate policies of the certificate's key using certificate's Policy extension. Leaving the field blank will disable Certificate Policies validation. Multiple policies should be separated using a comma. See RFC 5280 for a detailed definition of X509 Certificate Policy extension.",
    type: 'String',
  }),
  property({
    name: 'x509-cert-auth.certificate-policy-mode',
    label: 'Certificate Policy Validation Mode',
    helpText:
      'If Certificate Policy validation is specified, indicates whether it should match all or at least one of the specified policies.',
    type: 'List',
    defaultValue: 'All',
    options: ['All', 'Any'],
  }),
])
