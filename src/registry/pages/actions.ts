import { AdminError } from '../../http/errors.ts'
import { type Form, readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import type { Message, Problem } from '../../login/pages/page.ts'
import { setAccess } from '../access.ts'
import { blockSystem, removeSystem, replaceKey, rotateSecret, unblockSystem } from '../change.ts'
import { createSystem } from '../create.ts'
import { describeSystems, listSystems, requireSystem } from '../describe.ts'
import { BrokenRule, type RuleSubject } from '../rules.ts'
import { defaultRoles } from '../system-type.ts'
import { draw, seeOther } from './draw.ts'
import { listPage } from './list-page.ts'
import { type NewSystemForm, newSystemPage } from './new-page.ts'
import { noticePage } from './notice-page.ts'
import type { SignedIn } from './parts.ts'
import { secretPage } from './secret-page.ts'
import { deletePage, type SystemPage, systemPage } from './system-page.ts'
import type { Visit } from './visit.ts'

/** Systems of one page. */
const pageSize = 25
/** A page further on than this is nobody's. */
const firstMax = 1_000_000

const signedInOf = ({ addresses, session, username }: Visit): SignedIn => ({ actionUrl: addresses.signOut, csrf: session.csrf, username })

const nameOf = ({ request }: Visit): string => request.params['system'] ?? ''

/** What has been done, as the address of the page after it says; any other word says nothing. */
const done: Readonly<Record<string, string>> = {
  blocked: 'registryDoneBlocked',
  unblocked: 'registryDoneUnblocked',
  access: 'registryDoneAccess',
  key: 'registryDoneKey',
  deleted: 'registryDoneDeleted',
}

function doneMessage({ request }: Visit): Message | undefined {
  const word = readQuery(request).get('done') ?? ''
  const key = Object.hasOwn(done, word) ? done[word] : undefined
  return key === undefined ? undefined : { kind: 'success', key }
}

export async function showList(visit: Visit): Promise<HttpResponse> {
  const { request, addresses } = visit
  const query = readQuery(request)
  const search = (query.get('search') ?? '').trim()
  const asked = Number(query.get('first') ?? 0)
  const first = Number.isInteger(asked) ? Math.min(Math.max(asked, 0), firstMax) : 0
  // One more than is shown tells whether there is a next page.
  const found = await listSystems(visit, search, { first, max: pageSize + 1 })
  const pageUrl = (start: number): string => {
    const parameters = new URLSearchParams({ ...(search === '' ? {} : { search }), ...(start === 0 ? {} : { first: String(start) }) })
    return parameters.size === 0 ? addresses.list : `${addresses.list}?${parameters}`
  }
  return draw(
    visit,
    listPage({
      signedIn: signedInOf(visit),
      listUrl: addresses.list,
      createUrl: addresses.create,
      systemUrl: addresses.system,
      search,
      systems: found.slice(0, pageSize),
      previousUrl: first === 0 ? undefined : pageUrl(Math.max(0, first - pageSize)),
      nextUrl: found.length > pageSize ? pageUrl(first + pageSize) : undefined,
      message: doneMessage(visit),
    }),
  )
}

const emptyForm: NewSystemForm = {
  name: '',
  type: 'external-system',
  roles: defaultRoles['external-system'].join(', '),
  drfo: '',
  edrpou: '',
  fullName: '',
  jwksUrl: '',
  publicKey: '',
}

interface Trouble {
  readonly message?: Message
  readonly nameProblem?: Problem
}

function drawForm(visit: Visit, values: NewSystemForm, status: number, trouble: Trouble = {}): HttpResponse {
  const { addresses } = visit
  const page = { signedIn: signedInOf(visit), actionUrl: addresses.create, listUrl: addresses.list, values, ...trouble }
  return draw(visit, { ...newSystemPage(page), status })
}

export const newSystem = async (visit: Visit): Promise<HttpResponse> => drawForm(visit, emptyForm, 200)

/** Separated by commas, blanks around them left out. */
const items = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const lines = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** A member only where something was typed. */
const given = <N extends string>(name: N, value: string): Partial<Record<N, string>> =>
  value === '' ? {} : ({ [name]: value } as Record<N, string>)

/** Sent again, by a reload or by the back button, the name is taken: nothing is made twice. */
export async function create(visit: Visit, form: Form): Promise<HttpResponse> {
  const typed = (name: keyof NewSystemForm): string => (form.get(name) ?? '').trim()
  const values = Object.fromEntries(
    Object.keys(emptyForm).map((name) => [name, typed(name as keyof NewSystemForm)]),
  ) as unknown as NewSystemForm
  const { name, type, roles, drfo, edrpou, fullName, jwksUrl, publicKey } = values
  try {
    const made = await createSystem(visit, {
      name,
      type,
      roles: items(roles),
      attributes: { ...given('drfo', drfo), ...given('edrpou', edrpou), ...given('fullName', fullName) },
      ...given('jwksUrl', jwksUrl),
      ...given('publicKey', publicKey),
    })
    const systemUrl = visit.addresses.system(made.name)
    return draw(visit, secretPage({ signedIn: signedInOf(visit), systemUrl, name: made.name, secret: made.secret }))
  } catch (error) {
    if (!(error instanceof AdminError)) throw error
    return drawForm(visit, values, error.status, troubleOf(error, name))
  }
}

function troubleOf(error: AdminError, name: string): Trouble {
  if (error.status === 409) return { nameProblem: { key: 'registryNameTaken', values: [name] } }
  if (error instanceof BrokenRule && error.subject === 'name') return { nameProblem: 'registryNameHelp' }
  return { message: messageOf(error) }
}

/** What a form could not be done for; what a form of ours never sends is told in the server's words. */
const ruleKeys: Readonly<Partial<Record<RuleSubject, string>>> = {
  roles: 'registryRuleRoles',
  attributes: 'registryRuleAttributes',
  key: 'registryRuleKey',
  access: 'registryRuleAccess',
}

function messageOf(error: AdminError): Message {
  if (error.status === 403) return { kind: 'error', key: 'registryNotYours' }
  const key = error instanceof BrokenRule ? ruleKeys[error.subject] : undefined
  return key === undefined ? { kind: 'error', key: 'registryRefused', values: [error.message] } : { kind: 'error', key }
}

/** A system that is not there has a page, too. */
async function withSystem(visit: Visit, show: () => Promise<HttpResponse>): Promise<HttpResponse> {
  try {
    return await show()
  } catch (error) {
    if (!(error instanceof AdminError) || error.status !== 404) throw error
    return draw(visit, noticePage({ key: 'registryGone', status: 404, nextUrl: visit.addresses.list }))
  }
}

export const showSystem = (visit: Visit): Promise<HttpResponse> =>
  withSystem(visit, async () => draw(visit, await pageOf(visit, { message: doneMessage(visit) })))

async function pageOf(visit: Visit, more: Pick<SystemPage, 'message' | 'typed'>): Promise<ReturnType<typeof systemPage>> {
  const { addresses } = visit
  const name = nameOf(visit)
  const [system] = await describeSystems(visit, [await requireSystem(visit, name)])
  if (system === undefined) throw new Error('a system that was read is not described')
  return systemPage({
    signedIn: signedInOf(visit),
    listUrl: addresses.list,
    systemUrl: (below) => addresses.system(name, below),
    system,
    ...more,
  })
}

/** Does something with the system of the path; what is refused is told on its page. */
const attempt = (visit: Visit, work: () => Promise<HttpResponse>, typed?: SystemPage['typed']): Promise<HttpResponse> =>
  withSystem(visit, async () => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof AdminError) || error.status === 404) throw error
      return draw(visit, { ...(await pageOf(visit, { message: messageOf(error), typed })), status: error.status })
    }
  })

/** The same, and goes back to its page. */
const change = (visit: Visit, word: keyof typeof done, work: () => Promise<void>, typed?: SystemPage['typed']): Promise<HttpResponse> =>
  attempt(
    visit,
    async () => {
      await work()
      return seeOther(`${visit.addresses.system(nameOf(visit))}?done=${word}`)
    },
    typed,
  )

export const block = (visit: Visit): Promise<HttpResponse> => change(visit, 'blocked', () => blockSystem(visit, nameOf(visit)))

export const unblock = (visit: Visit): Promise<HttpResponse> => change(visit, 'unblocked', () => unblockSystem(visit, nameOf(visit)))

export function saveAccess(visit: Visit, form: Form): Promise<HttpResponse> {
  const typed = { searchConditions: form.get('searchConditions') ?? '', businessProcesses: form.get('businessProcesses') ?? '' }
  const access = { searchConditions: lines(typed.searchConditions), businessProcesses: lines(typed.businessProcesses) }
  return change(visit, 'access', () => setAccess(visit, nameOf(visit), access), { access: typed })
}

export function saveKey(visit: Visit, form: Form): Promise<HttpResponse> {
  const key = { jwksUrl: (form.get('jwksUrl') ?? '').trim(), publicKey: (form.get('publicKey') ?? '').trim() }
  const sent = { ...given('jwksUrl', key.jwksUrl), ...given('publicKey', key.publicKey) }
  return change(visit, 'key', () => replaceKey(visit, nameOf(visit), sent), { key })
}

/** The password is in the answer itself. */
export const rotate = (visit: Visit, form: Form): Promise<HttpResponse> =>
  attempt(visit, async () => {
    const name = nameOf(visit)
    const { secret, previousValidUntil } = await rotateSecret(visit, name, Number(form.get('graceSeconds') ?? 0))
    return draw(
      visit,
      secretPage({ signedIn: signedInOf(visit), systemUrl: visit.addresses.system(name), name, secret, previousValidUntil }),
    )
  })

export const confirmDelete = (visit: Visit): Promise<HttpResponse> =>
  withSystem(visit, async () => {
    const name = nameOf(visit)
    await requireSystem(visit, name)
    return draw(visit, deletePage({ signedIn: signedInOf(visit), systemUrl: (below) => visit.addresses.system(name, below), name }))
  })

export const remove = (visit: Visit): Promise<HttpResponse> =>
  withSystem(visit, async () => {
    await removeSystem(visit, nameOf(visit))
    return seeOther(`${visit.addresses.list}?done=deleted`)
  })
