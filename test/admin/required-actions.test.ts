import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'

const realmName = 'flw-actions'
const server = await serverOfFile({ realms: [{ realm: realmName, enabled: true }] })
const path = `/realms/${realmName}/authentication`

const call = (method: string, below: string, json?: unknown) => server.admin(method, `${path}${below}`, json)
const one = (alias: string, more = '') => `/required-actions/${alias}${more}`
const list = async (below: string): Promise<Json[]> => (await call('GET', below)).json as unknown as Json[]
const order = async (): Promise<unknown[]> => (await list('/required-actions')).slice(0, 5).map(({ alias, priority }) => [alias, priority])

async function expectRefusals(
  cases: readonly (readonly [method: string, below: string, body: unknown, status: number, answer: Json])[],
): Promise<void> {
  for (const [method, below, body, status, answer] of cases) {
    const given = await call(method, below, body)
    assert.deepEqual([given.status, given.json], [status, answer], `${method} ${below} ${JSON.stringify(body)}`)
  }
}

const notFound = { error: 'Failed to find required action' }
const notFoundAtAll = { error: 'Failed to find required action.' }

test('a required action is changed as a whole, but for its provider', async () => {
  const before = (await call('GET', one('UPDATE_PROFILE'))).json
  const change = {
    alias: 'UPDATE_PROFILE',
    name: 'Renamed',
    enabled: false,
    defaultAction: true,
    priority: 41,
    config: { max_auth_age: '9', empty: '' },
  }
  const { status, headers } = await call('PUT', one('UPDATE_PROFILE'), { ...change, providerId: 'other' })
  assert.deepEqual([status, headers['cache-control']], [204, undefined])
  assert.deepEqual((await call('GET', one('UPDATE_PROFILE'))).json, {
    ...change,
    providerId: 'UPDATE_PROFILE',
  })
  assert.equal((await call('PUT', one('UPDATE_PROFILE'), { alias: 'UPDATE_PROFILE', name: 'x' })).status, 204)
  const bare = {
    alias: 'UPDATE_PROFILE',
    name: 'x',
    providerId: 'UPDATE_PROFILE',
    enabled: false,
    defaultAction: false,
    priority: 0,
    config: {},
  }
  assert.deepEqual((await call('GET', one('UPDATE_PROFILE'))).json, bare)
  assert.equal((await call('PUT', one('UPDATE_PROFILE'), before)).status, 204)
  assert.deepEqual((await call('GET', one('UPDATE_PROFILE'))).json, before)
})

test('an action changes places with its neighbour, at the ends with nobody', async () => {
  const places = [20, 40, 50, 54, 57]
  const names = ['TERMS_AND_CONDITIONS', 'UPDATE_PROFILE', 'VERIFY_EMAIL', 'CONFIGURE_TOTP', 'UPDATE_PASSWORD']
  assert.deepEqual(
    await order(),
    names.map((name, index) => [name, places[index]]),
  )
  for (const [alias, way] of [
    ['TERMS_AND_CONDITIONS', 'raise'],
    ['TERMS_AND_CONDITIONS', 'lower'],
    ['UPDATE_PASSWORD', 'raise'],
    ['update_user_locale', 'lower'],
  ] as const)
    assert.equal((await call('POST', one(alias, `/${way}-priority`))).status, 204)
  const moved = ['UPDATE_PROFILE', 'TERMS_AND_CONDITIONS', 'VERIFY_EMAIL', 'UPDATE_PASSWORD', 'CONFIGURE_TOTP']
  assert.deepEqual(
    await order(),
    moved.map((name, index) => [name, places[index]]),
  )
})

test('an action is taken from the realm and given back behind all others', async () => {
  assert.equal((await call('DELETE', one('UPDATE_EMAIL'))).status, 204)
  assert.deepEqual(await list('/unregistered-required-actions'), [{ providerId: 'UPDATE_EMAIL', name: 'Update Email' }])
  assert.equal((await call('POST', '/register-required-action', { providerId: 'UPDATE_EMAIL', name: 'Mine' })).status, 204)
  const again = {
    alias: 'UPDATE_EMAIL',
    name: 'Mine',
    providerId: 'UPDATE_EMAIL',
    enabled: true,
    defaultAction: false,
    priority: 1001,
    config: {},
  }
  assert.deepEqual((await call('GET', one('UPDATE_EMAIL'))).json, again)
  assert.deepEqual(await list('/unregistered-required-actions'), [])
  const taken = { error: 'conflict', error_description: 'A Required Action Provider with given alias already exists.' }
  const unknown = { error: 'Required Action Provider with given providerId not found' }
  await expectRefusals([
    ['POST', '/register-required-action', { providerId: 'UPDATE_EMAIL', name: 'Mine' }, 409, taken],
    ['POST', '/register-required-action', { providerId: 'NOPE', name: 'x' }, 400, unknown],
    ['POST', '/register-required-action', {}, 400, unknown],
    ['GET', one('NOPE'), undefined, 404, notFound],
    ['PUT', one('NOPE'), { alias: 'NOPE' }, 404, notFound],
    ['DELETE', one('NOPE'), undefined, 404, notFoundAtAll],
    ['POST', one('NOPE', '/raise-priority'), undefined, 404, notFoundAtAll],
    ['POST', one('NOPE', '/lower-priority'), undefined, 404, notFoundAtAll],
  ])
})

test('settings of an action are those that it has, and numbers where they count', async () => {
  const config = one('CONFIGURE_TOTP', '/config')
  const put = (values: Json) => call('PUT', config, { config: values })
  assert.deepEqual((await call('GET', config)).json, { config: {} })
  assert.equal((await put({ max_auth_age: '100', 'add-recovery-codes': 'true', foo: 'bar' })).status, 204)
  assert.deepEqual((await call('GET', config)).json, { config: { max_auth_age: '100', 'add-recovery-codes': 'true' } })
  assert.deepEqual((await call('GET', one('CONFIGURE_TOTP'))).json['config'], { max_auth_age: '100', 'add-recovery-codes': 'true' })
  const wrong = { field: 'max_auth_age', errorMessage: 'error-invalid-value', params: ['max_auth_age'] }
  const small = { field: 'max_auth_age', errorMessage: 'error-number-out-of-range-too-small', params: ['max_auth_age', 0] }
  const fixed = { error: 'RequiredAction is not configurable' }
  await expectRefusals([
    ...['zz', '1.5', ' 5', '99999999999'].map((value) => ['PUT', config, { config: { max_auth_age: value } }, 400, wrong] as const),
    ['PUT', config, { config: { max_auth_age: '-1' } }, 400, small],
    ['GET', one('NOPE', '/config'), undefined, 400, fixed],
    ['PUT', one('delete_account', '/config'), { config: {} }, 400, fixed],
    ['DELETE', one('NOPE', '/config'), undefined, 400, fixed],
    ['GET', one('NOPE', '/config-description'), undefined, 404, { error: 'Could not find configurable RequiredAction provider' }],
  ])
  assert.deepEqual((await call('GET', config)).json, { config: { max_auth_age: '100', 'add-recovery-codes': 'true' } })
  assert.equal((await call('DELETE', config)).status, 204)
  assert.deepEqual((await call('GET', config)).json, { config: {} })
  for (const [alias, names] of [
    ['CONFIGURE_TOTP', ['max_auth_age', 'add-recovery-codes']],
    ['idp_link', ['max_auth_age']],
    ['UPDATE_EMAIL', ['max_auth_age', 'verifyEmail', 'emailResendCooldownSeconds']],
  ] as const) {
    const { json } = await call('GET', one(alias, '/config-description'))
    assert.deepEqual(
      (json['properties'] as Json[]).map(({ name }) => name),
      names,
      alias,
    )
  }
})
