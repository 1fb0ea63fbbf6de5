import { secretsEqual } from '../crypto/compare.ts'
import { readCookies, setCookie, withCookies } from '../http/cookies.ts'
import { type Form, readForm } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import { basePathOf } from '../login/pages/frame.ts'
import { infoPage } from '../login/pages/info.ts'
import type { PageContent, Problem } from '../login/pages/page.ts'
import { renderPage } from '../login/pages/render.ts'
import { type WelcomePage, welcomePage } from '../login/pages/welcome.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { users } from '../storage/users.ts'
import { createAdministrator } from '../transfer/administrator.ts'
import { masterRealm } from '../transfer/import-realm.ts'
import type { ConsoleServices } from './services.ts'

/** The reference's name. */
const stateCookie = 'WELCOME_STATE_CHECKER'
const stateBytes = 16
/** Time to fill the form in. */
const stateSeconds = 300
const usernameLengthMax = 255
const passwordLengthMax = 1_024

const toConsole = ({ baseUrl }: HttpRequest): HttpResponse => ({
  status: 302,
  headers: { location: `${baseUrl}/admin/`, 'x-frame-options': [] },
})

/** Only who sits at the machine may make the first administrator: nobody else's request comes from it without a proxy (reference behaviour). */
const isLocal = ({ remoteAddress, headers }: HttpRequest): boolean =>
  /^(?:127\.|::1$|::ffff:127\.)/.test(remoteAddress) && headers['x-forwarded-for'] === undefined && headers['forwarded'] === undefined

/** Realm master while nobody is in it. */
async function emptyMaster({ realms, database }: ConsoleServices): Promise<RealmSnapshot | undefined> {
  const master = await realms.find(masterRealm)
  return master === undefined || (await users(database).anybody(master.id)) ? undefined : master
}

const show = (request: HttpRequest, { themes }: ConsoleServices, realm: RealmSnapshot, content: PageContent): HttpResponse =>
  renderPage({ realm, client: undefined, request, themes }, content)

/** The form with a new state, which its answer must bring back: no other site's page can fill it in. */
function showForm(
  request: HttpRequest,
  services: ConsoleServices,
  realm: RealmSnapshot,
  more: Omit<NonNullable<WelcomePage['creation']>, 'actionUrl' | 'stateChecker'> = {},
): HttpResponse {
  const stateChecker = services.random.bytes(stateBytes).toString('base64url')
  const path = `${basePathOf(request.baseUrl)}/`
  const page = show(request, services, realm, welcomePage({ creation: { actionUrl: path, stateChecker, ...more } }))
  const attributes = { path, secure: request.secure, httpOnly: true, sameSite: 'Strict', maxAgeSeconds: stateSeconds } as const
  return withCookies(page, [setCookie(stateCookie, stateChecker, attributes)])
}

async function welcome(request: HttpRequest, services: ConsoleServices): Promise<HttpResponse> {
  const master = await emptyMaster(services)
  if (master === undefined) return toConsole(request)
  return isLocal(request) ? showForm(request, services, master) : show(request, services, master, welcomePage({ creation: undefined }))
}

interface Problems {
  readonly usernameProblem?: Problem
  readonly passwordProblem?: Problem
  readonly confirmationProblem?: Problem
}

function problemsOf(form: Form): Problems {
  const username = form.get('username')?.trim() ?? ''
  const password = form.get('password') ?? ''
  if (username === '' || username.length > usernameLengthMax) return { usernameProblem: 'missingUsernameMessage' }
  if (password === '') return { passwordProblem: 'missingPasswordMessage' }
  if (password.length > passwordLengthMax)
    return { passwordProblem: { key: 'invalidPasswordMaxLengthMessage', values: [String(passwordLengthMax)] } }
  return password === form.get('passwordConfirmation') ? {} : { confirmationProblem: 'notMatchPasswordMessage' }
}

async function create(request: HttpRequest, services: ConsoleServices): Promise<HttpResponse> {
  const master = await emptyMaster(services)
  if (master === undefined) return toConsole(request)
  if (!isLocal(request)) return { ...show(request, services, master, welcomePage({ creation: undefined })), status: 403 }
  const form = readForm(request)
  const username = form.get('username')?.trim() ?? ''
  const state = readCookies(request).get(stateCookie)
  if (state === undefined || !secretsEqual(form.get('stateChecker') ?? '', state))
    return { ...showForm(request, services, master, { username }), status: 403 }
  const problems = problemsOf(form)
  if (Object.keys(problems).length > 0) return { ...showForm(request, services, master, { username, ...problems }), status: 400 }
  const made = await createAdministrator(services, { username, password: form.get('password') ?? '' })
  // Somebody else has sent the form in the meantime.
  if (made === 'exists') return toConsole(request)
  const done = infoPage({ message: { key: 'welcomeUserCreated' }, linkUrl: `${request.baseUrl}/admin/`, linkText: 'welcomeOpenConsole' })
  return show(request, services, master, done)
}

export const welcomeRoutes: readonly Route<ConsoleServices>[] = [
  {
    method: 'GET',
    path: '/',
    family: 'page',
    summary: 'Leads to the Admin Console; makes the first administrator of a new server',
    handle: welcome,
  },
  {
    method: 'POST',
    path: '/',
    family: 'page',
    summary: 'Makes the first administrator, for a browser on the same machine',
    handle: create,
  },
]
