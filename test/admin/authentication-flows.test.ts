import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { modulo, recorded } from './administrators.ts'

const realmName = 'flw-flows'
const server = await serverOfFile({
  realms: [
    { realm: realmName, enabled: true },
    { realm: 'flw-fresh', enabled: true },
  ],
})
const path = `/realms/${realmName}/authentication`

const call = (method: string, below: string, json?: unknown) => server.admin(method, `${path}${below}`, json)
const list = async (below: string): Promise<Json[]> => (await call('GET', below)).json as unknown as Json[]
const idOf = (location: string | undefined): string => String(location).split('/').at(-1) ?? ''
const executionsOf = (alias: string): Promise<Json[]> => list(`/flows/${encodeURIComponent(alias)}/executions`)
const shape = async (alias: string) =>
  (await executionsOf(alias)).map((one) => [one['level'], one['index'], one['priority'], one['requirement'], one['displayName']])
const named = async (alias: string, displayName: string): Promise<Json> => {
  const found = (await executionsOf(alias)).find((one) => one['displayName'] === displayName)
  assert.ok(found, displayName)
  return found
}
const createFlow = async (alias: string, more: Json = {}): Promise<string> => {
  const { status, text, headers } = await call('POST', '/flows', { alias, providerId: 'basic-flow', topLevel: true, ...more })
  assert.equal(status, 201, text)
  return idOf(headers['location'])
}
const flowNamed = async (alias: string): Promise<Json | undefined> => (await list('/flows')).find((flow) => flow['alias'] === alias)

interface Refusal {
  readonly method?: string
  readonly below: string
  readonly body?: unknown
  readonly answer: readonly [number, Json]
}

async function expectRefusals(cases: readonly Refusal[]): Promise<void> {
  for (const { method = 'POST', below, body, answer } of cases) {
    const { status, json } = await call(method, below, body)
    assert.deepEqual([status, json], answer, `${method} ${below} ${JSON.stringify(body)}`)
  }
}

test('a fresh realm has the recorded flows, executions and required actions', async () => {
  const below = '/realms/flw-fresh/authentication'
  const get = async (where: string): Promise<unknown> => (await server.admin('GET', `${below}${where}`)).json
  assert.deepEqual(modulo(await get('/flows')), modulo(recorded('auth-flows')))
  assert.deepEqual(await get('/required-actions'), recorded('required-actions'))
  assert.deepEqual(await get('/unregistered-required-actions'), recorded('unregistered-required-actions'))
  for (const [alias, executions] of Object.entries(recorded('auth-flow-executions') as Record<string, unknown>))
    assert.deepEqual(modulo(await get(`/flows/${encodeURIComponent(alias)}/executions`)), modulo(executions), alias)
})

test('the lists of providers are the recorded ones', async () => {
  for (const name of ['authenticator-providers', 'client-authenticator-providers', 'form-providers', 'form-action-providers'])
    assert.deepEqual(modulo((await call('GET', `/${name}`)).json), modulo(recorded(`auth-${name}`)), name)
})

test('settings of providers are described, whatever kind they are', async () => {
  const { json } = await call('GET', '/config-description/identity-provider-redirector')
  assert.equal(json['name'], 'Identity Provider Redirector')
  assert.deepEqual(
    (json['properties'] as Json[]).map(({ name }) => name),
    ['defaultProvider'],
  )
  assert.equal((await call('GET', '/config-description/client-secret')).json['name'], 'Client Id and Secret')
  assert.equal((await call('GET', '/config-description/registration-recaptcha-action')).status, 200)
  const perClient = (await call('GET', '/per-client-config-description')).json
  assert.deepEqual(Object.keys(perClient).sort(), ['client-jwt', 'client-secret', 'client-secret-jwt', 'client-x509', 'federated-jwt'])
  await expectRefusals([
    { method: 'GET', below: '/config-description/nope', answer: [404, { error: 'Could not find authenticator provider' }] },
    {
      method: 'GET',
      below: '/config-description/registration-page-form',
      answer: [404, { error: 'Could not find authenticator provider' }],
    },
  ])
})

test('a flow is made empty, changed and removed', async () => {
  const { status, text, headers } = await call('POST', '/flows', {
    alias: 'made',
    providerId: 'basic-flow',
    topLevel: true,
    description: 'd',
  })
  assert.deepEqual([status, text], [201, ''])
  const id = idOf(headers['location'])
  assert.equal(headers['location'], `${server.url}/admin${path}/flows/${id}`)
  const made = {
    id,
    alias: 'made',
    description: 'd',
    providerId: 'basic-flow',
    topLevel: true,
    builtIn: false,
    authenticationExecutions: [],
  }
  assert.deepEqual((await call('GET', `/flows/${id}`)).json, made)
  assert.equal((await list('/flows')).at(-1)?.['alias'], 'made', 'flows stand in the order in which they were made')
  assert.equal((await call('PUT', `/flows/${id}`, { alias: 'renamed', providerId: 'basic-flow', topLevel: true })).status, 204)
  const { description: _description, ...kept } = made
  assert.deepEqual((await call('GET', `/flows/${id}`)).json, { ...kept, alias: 'renamed' })
  assert.equal((await call('DELETE', `/flows/${id}`)).status, 204)
  assert.deepEqual((await call('GET', `/flows/${id}`)).json, { error: 'Could not find flow with id' })
})

test('what a flow cannot be is refused as the reference does', async () => {
  const id = await createFlow('taken')
  const browser = String((await flowNamed('browser'))?.['id'])
  const full = { alias: 'taken', providerId: 'basic-flow', topLevel: true }
  await expectRefusals([
    { below: '/flows', body: {}, answer: [409, { errorMessage: 'Failed to create flow with empty alias name' }] },
    { below: '/flows', body: full, answer: [409, { errorMessage: 'Flow taken already exists' }] },
    { below: '/flows', body: { ...full, alias: 'a/b' }, answer: [400, { error: "Character '/' not allowed." }] },
    { below: '/flows', body: { alias: 'bare' }, answer: [409, { error: 'conflict', error_description: 'Duplicate resource error' }] },
    {
      below: '/flows',
      body: { alias: 'x', nope: 1 },
      answer: [
        400,
        { error: 'Invalid json representation for AuthenticationFlowRepresentation. Unrecognized field "nope" at line 1 column 22.' },
      ],
    },
    {
      method: 'PUT',
      below: `/flows/${id}`,
      body: { ...full, alias: 'browser' },
      answer: [409, { errorMessage: 'Flow alias name already exists' }],
    },
    { method: 'PUT', below: `/flows/${id}`, body: {}, answer: [409, { errorMessage: 'Failed to update flow with empty alias name' }] },
    { method: 'PUT', below: '/flows/nope', body: full, answer: [404, { error: 'Could not find flow with id' }] },
    { method: 'DELETE', below: '/flows/nope', answer: [404, { error: 'Flow not found' }] },
    { method: 'DELETE', below: `/flows/${browser}`, answer: [400, { error: "Can't delete built in flow" }] },
    { below: '/flows/nope/copy', body: { newName: 'c' }, answer: [404, { error: 'Flow not found' }] },
    { below: '/flows/browser/copy', body: { newName: 'taken' }, answer: [409, { errorMessage: 'New flow alias name already exists' }] },
  ])
})

test('what cannot be put into a flow is refused as the reference does', async () => {
  await createFlow('open')
  await expectRefusals([
    {
      below: '/flows/browser/executions/execution',
      body: { provider: 'auth-cookie' },
      answer: [400, { error: 'It is illegal to add execution to a built in flow' }],
    },
    {
      below: '/flows/browser/executions/flow',
      body: { alias: 's', type: 'basic-flow' },
      answer: [400, { error: 'It is illegal to add sub-flow to a built in flow' }],
    },
    { below: '/flows/nope/executions/execution', body: { provider: 'auth-cookie' }, answer: [400, { error: "Parent flow doesn't exist" }] },
    {
      below: '/flows/nope/executions/flow',
      body: { alias: 's', type: 'basic-flow' },
      answer: [400, { errorMessage: "Parent flow doesn't exist" }],
    },
    {
      below: '/flows/open/executions/execution',
      body: { provider: 'nope' },
      answer: [400, { error: 'No authentication provider found for id: nope' }],
    },
    { below: '/flows/open/executions/execution', body: {}, answer: [400, { error: 'No authentication provider found for id: null' }] },
    {
      below: '/flows/open/executions/execution',
      body: { provider: 'client-secret' },
      answer: [400, { error: 'No authentication provider found for id: client-secret' }],
    },
    {
      below: '/flows/open/executions/flow',
      body: { alias: 'open', type: 'basic-flow' },
      answer: [409, { errorMessage: 'New flow alias name already exists' }],
    },
    { method: 'GET', below: '/flows/nope/executions', answer: [404, { error: 'Flow not found' }] },
    {
      method: 'PUT',
      below: '/flows/nope/executions',
      body: { id: 'x', requirement: 'REQUIRED' },
      answer: [404, { error: 'flow not found' }],
    },
    {
      method: 'PUT',
      below: '/flows/open/executions',
      body: { id: 'x', requirement: 'REQUIRED' },
      answer: [404, { error: 'Illegal execution' }],
    },
  ])
})

test('a copy has everything below it, under names of its own, at the odd address of the reference', async () => {
  const { status, headers } = await call('POST', '/flows/browser/copy', { newName: 'copied' })
  const id = idOf(headers['location'])
  assert.deepEqual([status, headers['location']], [201, `${server.url}/admin${path}/flows/browser/copy/${id}`])
  const flow = await flowNamed('copied')
  assert.deepEqual([flow?.['id'], flow?.['builtIn'], flow?.['topLevel']], [id, false, true])
  const renamed = (await shape('browser')).map(([level, index, priority, requirement, name]) => {
    const isFlow = /^(Organization$|forms|Browser - )/.test(String(name))
    return [level, index, priority, requirement, isFlow ? `copied ${name}` : name]
  })
  assert.deepEqual(await shape('copied'), renamed)
  const config = await named('copied', 'Condition - credential')
  assert.equal(config['alias'], 'copied browser-conditional-credential')
  assert.notEqual(config['authenticationConfig'], (await named('browser', 'Condition - credential'))['authenticationConfig'])
  assert.deepEqual(
    await shape('copied forms'),
    renamed
      .filter(([level, , , , name]) => Number(level) > 0 && !/Organization|organization/.test(String(name)))
      .slice(1)
      .map(([level, ...rest]) => [Number(level) - 1, ...rest]),
  )
})

test('a copy of a flow that stands below another is no flow to choose', async () => {
  const { status, headers } = await call('POST', '/flows/forms/copy', { newName: 'forms apart' })
  assert.equal(status, 201)
  const { json } = await call('GET', `/flows/${idOf(headers['location'])}`)
  assert.deepEqual([json['alias'], json['topLevel'], json['builtIn']], ['forms apart', false, false])
  assert.equal(await flowNamed('forms apart'), undefined)
  assert.equal((await executionsOf('forms apart'))[0]?.['providerId'], 'auth-username-password-form')
})

test('executions are added behind the others, moved, changed and removed', async () => {
  await createFlow('moving')
  for (const provider of ['auth-cookie', 'auth-otp-form']) {
    const { status, headers } = await call('POST', '/flows/moving/executions/execution', { provider })
    assert.deepEqual([status, headers['location']], [201, `${server.url}/admin${path}/executions/${idOf(headers['location'])}`])
  }
  await call('POST', '/flows/moving/executions/execution', { provider: 'auth-password-form', priority: 5 })
  assert.deepEqual(await shape('moving'), [
    [0, 0, 0, 'DISABLED', 'Cookie'],
    [0, 1, 1, 'DISABLED', 'OTP Form'],
    [0, 2, 5, 'DISABLED', 'Password Form'],
  ])
  const otp = await named('moving', 'OTP Form')
  for (const way of ['lower-priority', 'lower-priority', 'raise-priority']) await call('POST', `/executions/${otp['id']}/${way}`)
  const password = await named('moving', 'Password Form')
  for (const way of ['raise-priority', 'raise-priority', 'raise-priority']) await call('POST', `/executions/${password['id']}/${way}`)
  assert.deepEqual(
    (await shape('moving')).map((row) => row.at(-1)),
    ['Password Form', 'Cookie', 'OTP Form'],
  )
  assert.deepEqual(
    (await shape('moving')).map((row) => row[2]),
    [0, 1, 5],
  )
  assert.equal((await call('PUT', '/flows/moving/executions', { ...otp, requirement: 'REQUIRED', priority: 40 })).status, 204)
  const { json } = await call('GET', `/executions/${otp['id']}`)
  const flowId = (await flowNamed('moving'))?.['id']
  assert.deepEqual(json, {
    authenticator: 'auth-otp-form',
    authenticatorFlow: false,
    requirement: 'REQUIRED',
    priority: 40,
    autheticatorFlow: false,
    id: otp['id'],
    parentFlow: flowId,
  })
  assert.equal((await call('DELETE', `/executions/${otp['id']}`)).status, 204)
  assert.deepEqual((await call('GET', `/executions/${otp['id']}`)).json, { error: 'Illegal execution' })
  assert.deepEqual(
    (await shape('moving')).map((row) => row.at(-1)),
    ['Password Form', 'Cookie'],
  )
})

test('an execution can also be made for a flow by id', async () => {
  const parentFlow = await createFlow('by id')
  const builtIn = String((await flowNamed('browser'))?.['id'])
  const otp = { authenticator: 'auth-otp-form', requirement: 'REQUIRED' }
  const { status, headers } = await call('POST', '/executions', { ...otp, parentFlow, priority: 7 })
  assert.equal(status, 201)
  assert.deepEqual(await shape('by id'), [[0, 0, 7, 'REQUIRED', 'OTP Form']])
  assert.equal((await call('DELETE', `/executions/${idOf(headers['location'])}`)).status, 204)
  await expectRefusals([
    { below: '/executions', body: otp, answer: [400, { error: 'parent flow not set on new execution' }] },
    { below: '/executions', body: { ...otp, parentFlow: 'nope' }, answer: [400, { error: 'execution parent flow does not exist' }] },
    {
      below: '/executions',
      body: { ...otp, parentFlow: builtIn },
      answer: [400, { error: 'It is illegal to add execution to a built in flow' }],
    },
    {
      below: '/executions',
      body: { requirement: 'REQUIRED', parentFlow },
      answer: [400, { error: 'No authentication provider found for id: null' }],
    },
  ])
})

test('built-in flows keep their executions, whose requirement may change', async () => {
  const cookie = await named('browser', 'Cookie')
  await expectRefusals([
    {
      method: 'DELETE',
      below: `/executions/${cookie['id']}`,
      answer: [400, { error: 'It is illegal to remove execution from a built in flow' }],
    },
    {
      below: `/executions/${cookie['id']}/raise-priority`,
      answer: [400, { error: 'It is illegal to modify execution in a built in flow' }],
    },
    {
      below: `/executions/${cookie['id']}/lower-priority`,
      answer: [400, { error: 'It is illegal to modify execution in a built in flow' }],
    },
    { below: '/executions/nope/lower-priority', answer: [404, { error: 'Illegal execution' }] },
  ])
  assert.equal((await call('PUT', '/flows/browser/executions', { ...cookie, requirement: 'DISABLED' })).status, 204)
  assert.equal((await named('browser', 'Cookie'))['requirement'], 'DISABLED')
  assert.equal((await call('PUT', '/flows/browser/executions', cookie)).status, 204)
})

test('a flow in a flow is made, described, and goes with its execution', async () => {
  await createFlow('outer')
  const { status, headers } = await call('POST', '/flows/outer/executions/flow', {
    alias: 'inner',
    type: 'basic-flow',
    description: 'in',
    provider: 'x',
  })
  assert.equal(status, 201)
  const innerId = idOf(headers['location'])
  assert.equal(headers['location'], `${server.url}/admin${path}/flows/${innerId}`)
  await call('POST', '/flows/inner/executions/execution', { provider: 'auth-otp-form' })
  const execution = await named('outer', 'inner')
  assert.deepEqual(execution, {
    id: execution['id'],
    requirement: 'DISABLED',
    displayName: 'inner',
    description: 'in',
    requirementChoices: ['REQUIRED', 'ALTERNATIVE', 'DISABLED', 'CONDITIONAL'],
    configurable: false,
    authenticationFlow: true,
    flowId: innerId,
    level: 0,
    index: 0,
    priority: 0,
  })
  const renaming = { ...execution, displayName: 'inner two', description: 'changed' }
  await call('PUT', '/flows/outer/executions', { ...renaming, requirement: 'REQUIRED' })
  assert.equal((await shape('outer'))[0]?.at(-1), 'inner', 'the name does not change together with the requirement')
  assert.equal((await call('PUT', '/flows/outer/executions', { ...renaming, requirement: 'REQUIRED' })).status, 204)
  assert.deepEqual(await shape('outer'), [
    [0, 0, 0, 'REQUIRED', 'inner two'],
    [1, 0, 0, 'DISABLED', 'OTP Form'],
  ])
  assert.equal((await named('outer', 'inner two'))['description'], 'changed')
  assert.equal((await call('DELETE', `/executions/${execution['id']}`)).status, 204)
  assert.equal((await call('GET', `/flows/${innerId}`)).status, 404)
  assert.deepEqual(await shape('outer'), [])
})

test('forms in flows hold form actions and clients’ flows client authenticators', async () => {
  await createFlow('with form')
  await call('POST', '/flows/with form/executions/flow'.replaceAll(' ', '%20'), {
    alias: 'a form',
    type: 'form-flow',
    provider: 'registration-page-form',
  })
  const form = await named('with form', 'a form')
  assert.deepEqual([form['providerId'], form['requirementChoices']], ['registration-page-form', ['REQUIRED', 'DISABLED']])
  assert.equal((await call('POST', '/flows/a%20form/executions/execution', { provider: 'registration-user-creation' })).status, 201)
  assert.equal((await call('POST', '/flows/a%20form/executions/execution', { provider: 'auth-cookie' })).status, 400)
  await createFlow('for clients', { providerId: 'client-flow' })
  assert.equal((await call('POST', '/flows/for%20clients/executions/execution', { provider: 'client-jwt' })).status, 201)
})

test('a flow in use stays: by the realm, by a client, by an identity provider', async () => {
  const id = await createFlow('used')
  const isKept = async (): Promise<void> => assert.equal((await call('DELETE', `/flows/${id}`)).status, 500)
  const base = `/realms/${realmName}`
  await server.admin('PUT', base, { browserFlow: 'used' })
  await isKept()
  assert.equal((await call('PUT', `/flows/${id}`, { alias: 'used two', providerId: 'basic-flow', topLevel: true })).status, 204)
  assert.equal((await server.admin('GET', base)).json['browserFlow'], 'used two')
  await server.admin('PUT', base, { browserFlow: 'browser' })
  const provider = { alias: 'broker', providerId: 'github', firstBrokerLoginFlowAlias: 'used two', config: {} }
  assert.equal((await server.admin('POST', `${base}/identity-provider/instances`, provider)).status, 201)
  await isKept()
  await server.admin('DELETE', `${base}/identity-provider/instances/broker`)
  assert.equal((await call('DELETE', `/flows/${id}`)).status, 204)
})

test('configurations of executions come, change and go', async () => {
  await call('POST', '/flows/browser/copy', { newName: 'configured' })
  const redirector = await named('configured', 'Identity Provider Redirector')
  const of = `/executions/${redirector['id']}/config`
  const { status, headers } = await call('POST', of, { alias: 'first', config: { defaultProvider: 'x', empty: '' } })
  const id = idOf(headers['location'])
  assert.deepEqual([status, headers['location']], [201, `${server.url}/admin${path}${of}/${id}`])
  assert.deepEqual((await call('GET', `${of}/${id}`)).json, { id, alias: 'first', config: { defaultProvider: 'x' } })
  const bound = await named('configured', 'Identity Provider Redirector')
  assert.deepEqual([bound['alias'], bound['authenticationConfig']], ['first', id])
  const flow = await flowNamed('configured')
  assert.ok((flow?.['authenticationExecutions'] as Json[] | undefined)?.some((one) => one['authenticatorConfig'] === 'first'))
  const second = idOf((await call('POST', of, { alias: 'first', config: {} })).headers['location'])
  assert.deepEqual((await call('GET', `/config/${id}`)).json, { error: 'Could not find authenticator config' })
  assert.equal((await call('PUT', `/config/${second}`, { alias: 'named anew', config: { defaultProvider: 'y' } })).status, 204)
  assert.deepEqual((await call('GET', `/config/${second}`)).json, { id: second, alias: 'named anew', config: { defaultProvider: 'y' } })
  assert.equal((await named('configured', 'Identity Provider Redirector'))['alias'], 'named anew')
  assert.equal((await call('DELETE', `/config/${second}`)).status, 204)
  assert.equal((await named('configured', 'Identity Provider Redirector'))['authenticationConfig'], undefined)
  const free = idOf((await call('POST', '/config', { alias: 'free' })).headers['location'])
  assert.deepEqual((await call('GET', `/config/${free}`)).json, { id: free, alias: 'free', config: {} })
  const empty = { errorMessage: 'Failed to create authentication execution configuration with empty alias name' }
  await expectRefusals([
    {
      below: '/config',
      body: { alias: 'free' },
      answer: [409, { errorMessage: 'Authentication execution configuration free already exists' }],
    },
    { below: '/config', body: {}, answer: [409, empty] },
    { below: of, body: { config: {} }, answer: [409, empty] },
    { below: of, body: { alias: 'a/b' }, answer: [400, { error: "Character '/' not allowed." }] },
    { below: '/executions/nope/config', body: { alias: 'q' }, answer: [404, { error: 'Illegal execution' }] },
    { method: 'DELETE', below: '/config/nope', answer: [404, { error: 'Could not find authenticator config' }] },
    { method: 'PUT', below: '/config/nope', body: { alias: 'q' }, answer: [404, { error: 'Could not find authenticator config' }] },
  ])
})

test('each list runs the same few statements, whatever it gives', { skip: server.onReference }, async () => {
  const count = async (below: string): Promise<number> => {
    // The first call after a write also loads the realm.
    await call('GET', below)
    return (await server.statements(() => call('GET', below))).length
  }
  const [flows, executions] = [await count('/flows'), await count('/flows/browser/executions')]
  for (let index = 0; index < 5; index += 1) await call('POST', '/flows/first%20broker%20login/copy', { newName: `many ${index}` })
  assert.equal(await count('/flows'), flows)
  assert.equal(await count('/flows/many%203/executions'), executions)
})

test('flows that hold each other, which only a realm file can bring, are listed to an end', { skip: server.onReference }, async () => {
  const holding = (alias: string, flowAlias: string, topLevel: boolean) => ({
    alias,
    providerId: 'basic-flow',
    topLevel,
    authenticationExecutions: [1, 2].map((priority) => ({ flowAlias, authenticatorFlow: true, requirement: 'REQUIRED', priority })),
  })
  const realm = 'flw-loop'
  const flows = [holding('ring', 'rung', true), holding('rung', 'ring', false)]
  assert.equal((await server.admin('POST', '/realms', { realm, enabled: true, authenticationFlows: flows })).status, 201)
  const below = `/realms/${realm}/authentication/flows`
  const { status, json } = await server.admin('GET', `${below}/ring/executions`)
  assert.equal(status, 200)
  assert.equal((json as unknown as Json[]).length, 2_000)
  assert.equal((await server.admin('POST', `${below}/ring/copy`, { newName: 'no end' })).status, 500)
  const id = ((await server.admin('GET', below)).json as unknown as Json[]).find(({ alias }) => alias === 'ring')?.['id']
  assert.equal((await server.admin('DELETE', `${below}/${id}`)).status, 204)
  assert.equal((await server.admin('GET', `${below}/rung/executions`)).status, 404)
})
