import { type Html, html } from '../../http/html.ts'
import type { PageContext, Problem } from './page.ts'

/** One input of a form. Texts are in the page's language already. */
export interface Field {
  readonly id: string
  /** The id unless given. */
  readonly name?: string
  readonly label: string
  readonly value?: string | undefined
  readonly type?: string | undefined
  /** A token of the HTML standard: `username`, `one-time-code`. */
  readonly autocomplete?: string | undefined
  readonly inputMode?: string | undefined
  readonly autofocus?: boolean | undefined
  /** Shows a star. The server decides; the browser is not asked to check. */
  readonly required?: boolean | undefined
  readonly readOnly?: boolean | undefined
  readonly disabled?: boolean | undefined
  readonly problem?: Problem | undefined
  /** What stands behind `input-error-` in the id of the problem's element; the input's id unless given. */
  readonly problemId?: string
  /** A line below the input that tells what is expected. */
  readonly help?: string | undefined
  /** Further content below the input. */
  readonly below?: Html | undefined
}

/** A flag of an element: `html`'s undefined prints nothing. */
const when = (condition: boolean | undefined, attribute: Html): Html | undefined => (condition ? attribute : undefined)

const attribute = (name: 'autocomplete' | 'inputmode', value: string | undefined): Html | undefined =>
  value === undefined ? undefined : name === 'autocomplete' ? html` autocomplete="${value}"` : html` inputmode="${value}"`

/** Which elements say more about the input, for those who cannot see that they stand below it. */
function describedBy({ id, help, problem, problemId = id }: Field): Html | undefined {
  const ids = [...(help === undefined ? [] : [`form-help-text-${id}`]), ...(problem === undefined ? [] : [`input-error-${problemId}`])]
  return ids.length === 0 ? undefined : html` aria-describedby="${ids.join(' ')}"`
}

function input(field: Field): Html {
  const { id, name = id, value = '', type = 'text' } = field
  const required = when(field.required, html` aria-required="true"`)
  const states = [
    when(field.autofocus, html` autofocus`),
    when(field.readOnly, html` readonly`),
    when(field.disabled, html` disabled`),
    when(field.problem !== undefined, html` aria-invalid="true"`),
  ]
  const hints = [attribute('autocomplete', field.autocomplete), attribute('inputmode', field.inputMode), describedBy(field)]
  return html`<span class="pf-v5-c-form-control${when(field.problem !== undefined, html` pf-m-error`)}${when(field.readOnly, html` pf-m-readonly`)}"><input type="${type}" id="${id}" name="${name}" value="${value}"${hints}${required}${states}></span>`
}

/** The room of a field's message is always there: a screen reader hears what is put into it. */
const problemOf = (context: PageContext, { id, problem, problemId = id }: Field): Html =>
  html`<div id="input-error-container-${id}" class="pf-v5-c-form__helper-text" aria-live="polite">${
    problem === undefined
      ? undefined
      : html`<div class="pf-v5-c-helper-text__item pf-m-error" id="input-error-${problemId}"><span class="pf-v5-c-helper-text__item-text kc-feedback-text">${context.problem(problem)}</span></div>`
  }</div>`

function group(context: PageContext, field: Field, control: Html): Html {
  const star = when(field.required, html`<span class="pf-v5-c-form__label-required" aria-hidden="true">*</span>`)
  const help =
    field.help === undefined
      ? undefined
      : html`<div class="pf-v5-c-form__helper-text" id="form-help-text-${field.id}"><span class="pf-v5-c-helper-text__item-text">${field.help}</span></div>`
  return html`
<div class="pf-v5-c-form__group">
<div class="pf-v5-c-form__group-label"><label for="${field.id}" class="pf-v5-c-form__label"><span class="pf-v5-c-form__label-text">${field.label}</span>${star}</label></div>
${control}
${help}${problemOf(context, field)}${field.below}
</div>`
}

/** A labelled input with room for what is wrong with it. */
export const inputField = (context: PageContext, field: Field): Html => group(context, field, input(field))

/** A password with the button that shows it; without JavaScript the button stays hidden. */
export function passwordField(context: PageContext, field: Field): Html {
  const show = context.text('showPassword')
  const control = html`<div class="pf-v5-c-input-group">${input({ ...field, type: 'password' })}<button class="pf-v5-c-button pf-m-control" type="button" id="${field.id}-show-password" aria-label="${show}" aria-controls="${field.id}" data-password-toggle data-label-show="${show}" data-label-hide="${context.text('hidePassword')}" hidden><span class="kc-icon kc-icon-eye" aria-hidden="true"></span></button></div>`
  return group(context, field, control)
}

export interface Choice {
  readonly value: string
  readonly label: string
}

/** A drop-down list. */
export function selectField(context: PageContext, field: Field & { readonly choices: readonly Choice[] }): Html {
  const { id, name = id, value, choices } = field
  const options = choices.map(
    (choice) => html`<option value="${choice.value}"${when(choice.value === value, html` selected`)}>${choice.label}</option>`,
  )
  const states = [when(field.disabled ?? field.readOnly, html` disabled`), when(field.problem !== undefined, html` aria-invalid="true"`)]
  const control = html`<span class="pf-v5-c-form-control${when(field.problem !== undefined, html` pf-m-error`)}"><select id="${id}" name="${name}"${describedBy(field)}${states}>${options}</select></span>`
  return group(context, field, control)
}

export interface Checkbox {
  readonly id: string
  /** The id unless given. */
  readonly name?: string
  readonly label: string
  readonly value?: string
  readonly checked?: boolean
}

export const checkbox = ({ id, name = id, label, value = 'on', checked }: Checkbox): Html =>
  html`<label for="${id}" class="pf-v5-c-check"><input class="pf-v5-c-check__input" type="checkbox" id="${id}" name="${name}" value="${value}"${when(checked, html` checked`)}><span class="pf-v5-c-check__label">${label}</span></label>`

export const hiddenField = (name: string, value: string, id?: string): Html =>
  html`<input type="hidden"${id === undefined ? undefined : html` id="${id}"`} name="${name}" value="${value}">`

export interface Button {
  readonly id: string
  readonly name?: string
  readonly value?: string
  readonly label: string
  readonly kind?: 'primary' | 'secondary' | 'danger' | 'link'
  /** Leaves the browser's own checks of the fields aside, as cancelling must. */
  readonly skipChecks?: boolean
}

export const submitButton = ({ id, name, value, label, kind = 'primary', skipChecks }: Button): Html =>
  html`<button class="pf-v5-c-button pf-m-${kind} pf-m-block" type="submit" id="${id}"${name === undefined ? undefined : html` name="${name}"`}${value === undefined ? undefined : html` value="${value}"`}${when(skipChecks, html` formnovalidate`)}>${label}</button>`

/** The button by which a person declines what an application asked for; none where it has to be done. */
export const cancelButton = ({ text }: Pick<PageContext, 'text'>, cancellable: boolean): readonly Html[] =>
  cancellable
    ? [submitButton({ id: 'kc-cancel', name: 'cancel-aia', value: 'true', label: text('doCancel'), kind: 'secondary', skipChecks: true })]
    : []

export const linkButton = ({ id, href, label }: { readonly id?: string; readonly href: string; readonly label: string }): Html =>
  html`<a class="pf-v5-c-button pf-m-secondary pf-m-block"${id === undefined ? undefined : html` id="${id}"`} href="${href}">${label}</a>`

/** The buttons below a form. */
export const actions = (...buttons: readonly Html[]): Html =>
  html`
<div class="pf-v5-c-form__group kc-form-buttons"><div class="pf-v5-c-form__actions">${buttons}</div></div>`

/** A form that is sent once: `ostiary.js` ignores a second submit. Fields are checked by the server alone. */
export const form = (
  { id, actionUrl }: { readonly id: string; readonly actionUrl: string },
  ...content: readonly (Html | undefined)[]
): Html =>
  html`<form id="${id}" class="pf-v5-c-form" action="${actionUrl}" method="post" novalidate data-submit-once>${content}
</form>`

/** The band at the foot of the card: where else to go. */
export const infoBand = (...content: readonly (Html | undefined)[]): Html =>
  html`
<div id="kc-info" class="pf-v5-c-login__main-footer-band"><div id="kc-info-wrapper" class="pf-v5-c-login__main-footer-band-item">${content}</div></div>`

/** "Required fields", above forms that mark some. */
export const requiredLegend = (context: PageContext): Html =>
  html`<p class="subtitle"><span class="pf-v5-c-form__label-required">*</span> ${context.text('requiredFields')}</p>`

/** An address of somebody else that may be linked to: only http and https, so that no script can be in it. */
export const webAddress = (url: string | undefined): string | undefined =>
  url !== undefined && /^https?:\/\//i.test(url) ? url : undefined
