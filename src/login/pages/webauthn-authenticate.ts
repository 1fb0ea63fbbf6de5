import { type Html, html } from '../../http/html.ts'
import type { PageContent, PageContext } from './page.ts'

export interface ShownAuthenticator {
  readonly id: string
  /** What the user called it. */
  readonly label: string
  readonly transports: readonly string[]
  readonly createdAtMs: number
}

export interface WebauthnAuthenticatePage {
  readonly actionUrl: string
  /** PublicKeyCredentialRequestOptionsJSON. */
  readonly options: object
  /** Those of a known user. */
  readonly authenticators: readonly ShownAuthenticator[]
}

/** Asks for an authenticator of the user. Talking to it is `webauthn.js`'s. */
export const webauthnAuthenticatePage = ({ actionUrl, options, authenticators }: WebauthnAuthenticatePage): PageContent => ({
  name: 'webauthn-authenticate',
  title: 'webauthn-login-title',
  body: (context) => html`<div id="kc-form-webauthn">
${assertionForm(context, { actionUrl, options, mediation: undefined })}
<form id="authn_select" hidden>${authenticators.map(({ id }) => html`<input type="hidden" name="authn_use_chk" value="${id}">`)}</form>
${authenticators.length === 0 ? undefined : list(context, authenticators)}
<div class="pf-v5-c-form__actions">${button(context, 'webauthn-doAuthenticate')}</div>
</div>`,
})

interface Asking {
  readonly actionUrl: string
  readonly options: object
  /** `conditional`: the browser offers passkeys in the user name while the page is open. */
  readonly mediation: string | undefined
}

/** Below a login form: a button for passkeys, and what the browser needs to offer them by itself. */
export const passkeyButton = (context: PageContext, asking: Asking): Html =>
  html`${assertionForm(context, asking)}<div class="pf-v5-c-form__actions">${button(context, 'passkey-doAuthenticate')}</div>`

const assertionForm = (context: PageContext, { actionUrl, options, mediation }: Asking): Html =>
  html`<form id="webauth" action="${actionUrl}" method="post" hidden data-webauthn-get="${JSON.stringify(options)}" data-webauthn-mediation="${mediation}" data-webauthn-unsupported="${context.text('webauthn-unsupported-browser-text')}">
${['clientDataJSON', 'authenticatorData', 'signature', 'credentialId', 'userHandle', 'error'].map((name) => html`<input type="hidden" id="${name}" name="${name}">`)}
</form>
${webauthnScript(context)}`

const button = (context: PageContext, key: string): Html =>
  html`<button class="pf-v5-c-button pf-m-secondary pf-m-block" type="button" id="authenticateWebAuthnButton">${context.text(key)}</button>`

/** The script is a file of its own: the page's policy allows no other. */
export const webauthnScript = ({ resources }: PageContext): Html => html`<script type="module" src="${resources}/webauthn.js"></script>`

const list = (context: PageContext, authenticators: readonly ShownAuthenticator[]): Html =>
  html`<ul class="pf-v5-c-data-list select-auth-container" aria-label="${context.text('webauthn-available-authenticators')}">${authenticators.map(
    (authenticator, index) => html`
<li class="pf-v5-c-data-list__item" id="kc-webauthn-authenticator-item-${index}">
<div id="kc-webauthn-authenticator-label-${index}" class="select-auth-box-headline">${authenticator.label}</div>
${authenticator.transports.length === 0 ? undefined : html`<div id="kc-webauthn-authenticator-transport-${index}">${transportNames(context, authenticator.transports)}</div>`}
<div><span id="kc-webauthn-authenticator-createdlabel-${index}">${context.text('webauthn-createdAt-label')}</span> <span id="kc-webauthn-authenticator-created-${index}">${dayOf(context, authenticator.createdAtMs)}</span></div>
</li>`,
  )}</ul>`

/** Words of Web Authentication that have a message; what is newer is unknown to most people anyway. */
const transportKeys: Readonly<Record<string, string>> = { usb: 'usb', nfc: 'nfc', ble: 'bluetooth', internal: 'internal' }

const transportNames = ({ text }: PageContext, transports: readonly string[]): string =>
  transports.map((name) => text(transportKeys[name] ?? 'unknown')).join(', ')

const dayOf = ({ locale }: PageContext, ms: number): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(ms)
