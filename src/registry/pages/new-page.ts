import { html } from '../../http/html.ts'
import { actions, form, inputField, linkButton, requiredLegend, selectField, submitButton } from '../../login/pages/form.ts'
import type { Message, PageContent, Problem } from '../../login/pages/page.ts'
import { systemTypes } from '../system-type.ts'
import { csrfField, keyFields, type SignedIn, signedInBar, type TypedKey, typeName } from './parts.ts'

/** What somebody has typed. */
export interface NewSystemForm extends TypedKey {
  readonly name: string
  readonly type: string
  readonly roles: string
  readonly drfo: string
  readonly edrpou: string
  readonly fullName: string
}

export interface NewPage {
  readonly signedIn: SignedIn
  readonly actionUrl: string
  readonly listUrl: string
  readonly values: NewSystemForm
  readonly message?: Message | undefined
  readonly nameProblem?: Problem | undefined
}

/** The form for a new system. */
export function newSystemPage({ signedIn, actionUrl, listUrl, values, message, nameProblem }: NewPage): PageContent {
  return {
    name: 'registry-new',
    title: 'registryNew',
    url: actionUrl,
    ...(message === undefined ? {} : { message }),
    body: (context) => {
      const { text } = context
      const plain = (id: keyof NewSystemForm, label: string, help?: string) =>
        inputField(context, { id, label, value: values[id], autocomplete: 'off', ...(help === undefined ? {} : { help }) })
      return html`${signedInBar(context, signedIn)}${requiredLegend(context)}${form(
        { id: 'kc-new-system-form', actionUrl },
        csrfField(signedIn.csrf),
        inputField(context, {
          id: 'name',
          label: text('registryName'),
          value: values.name,
          autocomplete: 'off',
          autofocus: true,
          required: true,
          help: text('registryNameHelp'),
          problem: nameProblem,
        }),
        selectField(context, {
          id: 'type',
          label: text('registryType'),
          value: values.type,
          choices: systemTypes.map((value) => ({ value, label: typeName(context, value) })),
        }),
        plain('roles', text('registryRoles'), text('registryRolesHelp')),
        plain('edrpou', text('registryEdrpou')),
        plain('drfo', text('registryDrfo')),
        plain('fullName', text('registryFullName')),
        html`<details class="kc-more"${values.jwksUrl === '' && values.publicKey === '' ? undefined : html` open`}><summary>${text('registrySigns')}</summary><div class="pf-v5-c-form">${keyFields(context, text('registrySignsHelp'), values)}</div></details>`,
        actions(
          submitButton({ id: 'kc-create', label: text('registryDoCreate') }),
          linkButton({ id: 'kc-cancel', href: listUrl, label: text('doCancel') }),
        ),
      )}`
    },
  }
}
