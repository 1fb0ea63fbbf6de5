import { type Html, html } from '../../http/html.ts'
import { actions, form, linkButton, selectField, submitButton } from '../../login/pages/form.ts'
import type { Message, PageContent, PageContext } from '../../login/pages/page.ts'
import type { ExternalSystem } from '../describe.ts'
import {
  backLink,
  csrfField,
  facts,
  keyFields,
  type SignedIn,
  section,
  signedInBar,
  statusBadge,
  type TypedKey,
  textArea,
  time,
  typeName,
} from './parts.ts'

/** Names of what may be reached stand in a line each. */
export interface Typed {
  readonly access?: { readonly searchConditions: string; readonly businessProcesses: string }
  readonly key?: TypedKey
}

export interface SystemPage {
  readonly signedIn: SignedIn
  readonly listUrl: string
  /** Of the system, with something below it. */
  readonly systemUrl: (below?: string) => string
  readonly system: ExternalSystem
  readonly message?: Message | undefined
  /** What somebody has typed that could not be saved. */
  readonly typed?: Typed | undefined
}

/** Seconds that the password before may go on working, with the keys of their names. */
const graces = [
  { seconds: 0, key: 'registryGraceNone' },
  { seconds: 60 * 60, key: 'registryGraceHour' },
  { seconds: 24 * 60 * 60, key: 'registryGraceDay' },
  { seconds: 7 * 24 * 60 * 60, key: 'registryGraceWeek' },
] as const

/** One external system, and what can be done with it. */
export function systemPage(page: SystemPage): PageContent {
  const { signedIn, listUrl, systemUrl, system, message } = page
  return {
    name: 'registry-system',
    title: 'registrySystemTitle',
    titleValues: [system.name],
    wide: true,
    url: systemUrl(),
    ...(message === undefined ? {} : { message }),
    body: (context) =>
      html`${signedInBar(context, signedIn)}${backLink(listUrl, context.text('registryBack'))}${factsOf(context, system)}
${accessSection(context, page)}${system.authentication === 'password' ? passwordSection(context, page) : undefined}${keySection(context, page)}${blockSection(context, page)}${section(
  'kc-delete',
  context.text('registryDelete'),
  html`<p class="kc-hint">${context.text('registryDeleteHelp')}</p>${linkButton({ id: 'kc-delete-link', href: systemUrl('/delete'), label: context.text('registryDelete') })}`,
)}`,
  }
}

function factsOf(context: PageContext, system: ExternalSystem): Html {
  const { text } = context
  const { drfo, edrpou, fullName } = system.attributes
  return facts([
    [text('registryStatus'), statusBadge(context, system)],
    [text('registryType'), typeName(context, system.type)],
    [text('registryCreated'), time(context, system.createdAt)],
    [text('registryLastToken'), time(context, system.lastTokenAt)],
    [text('registryAuthentication'), text(system.authentication === 'key' ? 'registryByKey' : 'registryByPassword')],
    [text('registryPreviousUntil'), system.previousValidUntil === undefined ? undefined : time(context, system.previousValidUntil)],
    [text('registryRoles'), system.roles.join(', ')],
    [text('registryEdrpou'), edrpou],
    [text('registryDrfo'), drfo],
    [text('registryFullName'), fullName],
  ])
}

function accessSection(context: PageContext, { signedIn, systemUrl, system: { access }, typed }: SystemPage): Html {
  const { text } = context
  return section(
    'kc-access',
    text('registryAccess'),
    form(
      { id: 'kc-access-form', actionUrl: systemUrl('/access') },
      csrfField(signedIn.csrf),
      textArea({
        id: 'searchConditions',
        label: text('registryConditions'),
        help: text('registryLinesHelp'),
        value: typed?.access?.searchConditions ?? access.searchConditions.join('\n'),
        rows: 4,
      }),
      textArea({
        id: 'businessProcesses',
        label: text('registryProcesses'),
        help: text('registryProcessesHelp'),
        value: typed?.access?.businessProcesses ?? access.businessProcesses.join('\n'),
        rows: 3,
      }),
      actions(submitButton({ id: 'kc-save-access', label: text('registryDoSave') })),
    ),
  )
}

function passwordSection(context: PageContext, { signedIn, systemUrl }: SystemPage): Html {
  const { text } = context
  return section(
    'kc-password',
    text('registrySecret'),
    form(
      { id: 'kc-rotate-form', actionUrl: systemUrl('/secret') },
      csrfField(signedIn.csrf),
      selectField(context, {
        id: 'graceSeconds',
        label: text('registryGrace'),
        value: '0',
        choices: graces.map(({ seconds, key }) => ({ value: String(seconds), label: text(key) })),
      }),
      actions(submitButton({ id: 'kc-rotate', label: text('registryDoRotate'), kind: 'secondary' })),
    ),
  )
}

/** Closed for a system with a password, which seldom changes to a key. */
function keySection(context: PageContext, { signedIn, systemUrl, system, typed }: SystemPage): Html {
  const { text } = context
  const signs = system.authentication === 'key'
  const open = signs || typed?.key !== undefined ? html` open` : undefined
  return section(
    'kc-key',
    text('registryKey'),
    form(
      { id: 'kc-key-form', actionUrl: systemUrl('/key') },
      csrfField(signedIn.csrf),
      html`<details class="kc-more"${open}><summary>${text(signs ? 'registryOtherKey' : 'registrySigns')}</summary><div class="pf-v5-c-form">${keyFields(
        context,
        text(signs ? 'registryOtherKeyHelp' : 'registryKeyInsteadHelp'),
        typed?.key ?? { jwksUrl: '', publicKey: '' },
      )}${actions(submitButton({ id: 'kc-save-key', label: text('registryDoSaveKey'), kind: 'secondary' }))}</div></details>`,
    ),
  )
}

function blockSection(context: PageContext, { signedIn, systemUrl, system: { status } }: SystemPage): Html {
  const { text } = context
  const blocked = status === 'blocked'
  return section(
    'kc-block',
    text(blocked ? 'registryUnblock' : 'registryBlock'),
    html`<p class="kc-hint">${text(blocked ? 'registryUnblockHelp' : 'registryBlockHelp')}</p>`,
    form(
      { id: 'kc-block-form', actionUrl: systemUrl(blocked ? '/unblock' : '/block') },
      csrfField(signedIn.csrf),
      actions(submitButton({ id: 'kc-block-button', label: text(blocked ? 'registryUnblock' : 'registryBlock'), kind: 'secondary' })),
    ),
  )
}

export interface DeletePage {
  readonly signedIn: SignedIn
  readonly systemUrl: (below?: string) => string
  readonly name: string
}

/** Asks whether a system is really to go. */
export function deletePage({ signedIn, systemUrl, name }: DeletePage): PageContent {
  return {
    name: 'registry-delete',
    title: 'registryDeleteTitle',
    titleValues: [name],
    body: (context) =>
      html`${signedInBar(context, signedIn)}<p class="instruction">${context.text('registryDeleteHelp')}</p>${form(
        { id: 'kc-delete-form', actionUrl: systemUrl('/delete') },
        csrfField(signedIn.csrf),
        actions(
          submitButton({ id: 'kc-delete-button', label: context.text('doConfirmDelete'), kind: 'danger' }),
          linkButton({ id: 'kc-cancel', href: systemUrl(), label: context.text('doCancel') }),
        ),
      )}`,
  }
}
