import { type Html, html } from '../../http/html.ts'
import { checkbox, hiddenField, inputField, selectField } from './form.ts'
import type { PageContext, Problem } from './page.ts'

/** One attribute of a user profile, as a form asks for it. */
export interface ProfileField {
  readonly name: string
  /** What an administrator called it; may be `${messageKey}`. The name unless given. */
  readonly displayName: string | undefined
  readonly values: readonly string[]
  readonly required: boolean
  readonly readOnly: boolean
  /** The reference's: `inputType`, `inputHelperTextBefore`, `inputOptionLabels` … */
  readonly annotations: Readonly<Record<string, unknown>>
  /** Of an attribute with a closed list of values. */
  readonly options: readonly string[]
  readonly group: ProfileGroup | undefined
  readonly problem?: Problem | undefined
}

export interface ProfileGroup {
  readonly name: string
  readonly displayHeader: string | undefined
  readonly displayDescription: string | undefined
}

/** Inputs of the whole profile, group by group; `after` comes directly behind the field of its name. */
export function profileFields(context: PageContext, fields: readonly ProfileField[], after: Readonly<Record<string, Html>> = {}): Html {
  let group: string | undefined
  const drawn = fields.map((field) => {
    const heading = field.group?.name === group ? undefined : groupHeading(context, field.group)
    group = field.group?.name
    return html`${heading}${profileField(context, field)}${after[field.name]}`
  })
  return html`${drawn}`
}

function groupHeading({ written }: PageContext, group: ProfileGroup | undefined): Html | undefined {
  if (group === undefined) return undefined
  const { displayDescription: description } = group
  return html`
<div class="pf-v5-c-form__group kc-profile-group" data-group="${group.name}"><h2 id="header-${group.name}" class="pf-v5-c-title pf-m-lg">${written(group.displayHeader || group.name)}</h2>${
    description ? html`<p id="description-${group.name}">${written(description)}</p>` : undefined
  }</div>`
}

const textOf = (annotations: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = annotations[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

const autocomplete: Readonly<Record<string, string>> = {
  username: 'username',
  email: 'email',
  firstName: 'given-name',
  lastName: 'family-name',
}

function profileField(context: PageContext, field: ProfileField): Html {
  const { name, annotations, readOnly, required, problem, options } = field
  const inputType = textOf(annotations, 'inputType') ?? 'text'
  const help = ['inputHelperTextBefore', 'inputHelperTextAfter'].flatMap((key) => textOf(annotations, key) ?? []).map(context.written)
  const shared = {
    id: name,
    label: context.written(field.displayName || name),
    value: field.values[0],
    autocomplete: autocomplete[name],
    required,
    problem,
    ...(help.length === 0 ? {} : { help: help.join(' ') }),
  }
  // Nothing is sent of what may not be changed.
  const locked = readOnly ? { readOnly: true, disabled: true } : {}
  if (options.length > 0 && (inputType === 'select' || inputType === 'text')) {
    const choices = ['', ...options].map((value) => ({ value, label: value === '' ? '' : optionLabel(context, annotations, value) }))
    return selectField(context, { ...shared, ...locked, choices })
  }
  if (options.length > 0) return optionBoxes(context, field, inputType, shared.label)
  const type = inputType.startsWith('html5-') ? inputType.slice('html5-'.length) : 'text'
  const [first, ...further] = field.values.length > 0 ? field.values : ['']
  return html`${inputField(context, { ...shared, ...locked, value: first, type })}${further.map((value, index) =>
    inputField(context, { ...shared, ...locked, id: `${name}-${index + 1}`, name, value, type, problem: undefined }),
  )}`
}

function optionLabel({ text, written }: PageContext, annotations: Readonly<Record<string, unknown>>, value: string): string {
  const labels = annotations['inputOptionLabels']
  const own = typeof labels === 'object' && labels !== null ? (labels as Record<string, unknown>)[value] : undefined
  if (typeof own === 'string') return written(own)
  const prefix = textOf(annotations, 'inputOptionLabelsI18nPrefix')
  return prefix === undefined ? value : text(`${prefix}.${value}`)
}

/** Radio buttons, check boxes, and lists of which several may be chosen. */
function optionBoxes(context: PageContext, field: ProfileField, inputType: string, label: string): Html {
  const { name, values, options, annotations, readOnly, problem } = field
  const single = inputType === 'select-radiobuttons'
  const boxes = options.map((value, index) => {
    const chosen = values.includes(value)
    const id = `${name}-${index}`
    const text = optionLabel(context, annotations, value)
    if (!single) return checkbox({ id, name, value, label: text, checked: chosen })
    return html`<label for="${id}" class="pf-v5-c-radio"><input class="pf-v5-c-radio__input" type="radio" id="${id}" name="${name}" value="${value}"${chosen ? html` checked` : undefined}><span class="pf-v5-c-radio__label">${text}</span></label>`
  })
  return html`
<fieldset class="pf-v5-c-form__group" id="${name}"${readOnly ? html` disabled` : undefined}><legend class="pf-v5-c-form__label-text">${label}</legend>${
    // Tells an empty choice from a form without the field.
    readOnly ? undefined : hiddenField(name, '')
  }${boxes}<div id="input-error-container-${name}" aria-live="polite">${
    problem === undefined ? undefined : html`<span id="input-error-${name}" class="kc-feedback-text">${context.problem(problem)}</span>`
  }</div></fieldset>`
}
