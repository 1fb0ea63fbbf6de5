import { html } from '../../http/html.ts'
import { linkButton } from '../../login/pages/form.ts'
import type { PageContent } from '../../login/pages/page.ts'
import { facts, type SignedIn, signedInBar, time } from './parts.ts'

export interface SecretPage {
  readonly signedIn: SignedIn
  readonly systemUrl: string
  readonly name: string
  /** Undefined for a system that signs. */
  readonly secret: string | undefined
  /** ISO 8601. */
  readonly previousValidUntil?: string | undefined
}

/** The password of a system, shown this once: it is in this answer and nowhere else. The copy button comes from `ostiary.js`. */
export function secretPage({ signedIn, systemUrl, name, secret, previousValidUntil }: SecretPage): PageContent {
  return {
    name: 'registry-secret',
    title: 'registryReady',
    titleValues: [name],
    url: systemUrl,
    body: (context) => {
      const { text } = context
      return html`${signedInBar(context, signedIn)}${
        secret === undefined
          ? html`<p class="instruction" id="kc-signs">${text('registryReadyToSign')}</p>`
          : html`<div class="pf-v5-c-alert pf-m-warning pf-m-inline" role="note"><span class="pf-v5-c-alert__icon kc-icon kc-icon-warning" aria-hidden="true"></span><span class="pf-v5-c-alert__title">${text('registrySecretOnce')}</span></div>
<div class="pf-v5-c-form">
<div class="pf-v5-c-form__group"><div class="pf-v5-c-form__group-label"><label class="pf-v5-c-form__label" for="secret"><span class="pf-v5-c-form__label-text">${text('registrySecret')}</span></label></div>
<span class="pf-v5-c-form-control pf-m-readonly"><textarea id="secret" class="kc-secret" rows="4" readonly spellcheck="false" autocomplete="off">${secret}</textarea></span>
<button class="pf-v5-c-button pf-m-secondary kc-copy" type="button" hidden data-copy="secret" data-copied="${text('registryCopied')}">${text('registryCopy')}</button></div>
</div>`
      }
${facts([
  [text('registryClientId'), name],
  [text('registryPreviousUntil'), previousValidUntil === undefined ? undefined : time(context, previousValidUntil)],
])}
${linkButton({ id: 'kc-to-system', href: systemUrl, label: text('registryToSystem') })}`
    },
  }
}
