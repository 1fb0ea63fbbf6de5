import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authenticatorConfigRepresentation, requiredActionProviderRepresentation } from './authentication.ts'
import { clientRepresentation } from './client.ts'
import { clientScopeRepresentation, protocolMapperRepresentation } from './client-scope.ts'
import { componentRepresentation } from './component.ts'
import { realmEventsConfigRepresentation } from './events.ts'
import type { Representation, Table } from './fields.ts'
import { groupRepresentation } from './group.ts'
import { identityProviderRepresentation } from './identity-provider.ts'
import { diffRepresentation, mergeRepresentation } from './merge.ts'
import { organizationRepresentation } from './organization.ts'
import { parsePatch } from './parse.ts'
import { realmRepresentation } from './realm.ts'
import { roleRepresentation } from './role.ts'
import { userRepresentation } from './user.ts'

/** PUT: the stored value, the body, and what is stored afterwards, all as the reference server does it. */
function put<T extends Table>(table: T, stored: Representation<T>, body: object): Representation<T> {
  return mergeRepresentation(table, stored, parsePatch(table, JSON.stringify(body)))
}

test('members that are there replace, absent ones and null stay', () => {
  const client = { clientId: 'c', name: 'n', redirectUris: ['a', 'b'], enabled: true }
  assert.deepEqual(put(clientRepresentation, client, {}), client)
  assert.deepEqual(put(clientRepresentation, client, { name: null, enabled: null, redirectUris: null }), client)
  assert.deepEqual(put(clientRepresentation, client, { name: '', redirectUris: ['c'] }), { ...client, name: '', redirectUris: ['c'] })
  assert.deepEqual(put(clientRepresentation, client, { redirectUris: [] }), { ...client, redirectUris: [] })
})

test('client attributes and flow overrides are added to; null and an empty text remove', () => {
  const client = { attributes: { a: '1', b: '2' }, authenticationFlowBindingOverrides: { browser: 'x' }, registeredNodes: { n1: 5 } }
  assert.deepEqual(put(clientRepresentation, client, { attributes: { a: '9' } }).attributes, { a: '9', b: '2' })
  assert.deepEqual(put(clientRepresentation, client, { attributes: { a: null, b: '' } }).attributes, {})
  assert.deepEqual(put(clientRepresentation, client, { attributes: {} }).attributes, { a: '1', b: '2' })
  assert.deepEqual(
    put(clientRepresentation, client, { authenticationFlowBindingOverrides: { browser: '' } }).authenticationFlowBindingOverrides,
    {},
  )
  assert.deepEqual(put(clientRepresentation, client, { registeredNodes: { n2: 6 } }).registeredNodes, { n1: 5, n2: 6 })
})

test('client scope attributes and security headers are added to; null removes and an empty text stays', () => {
  const scope = { name: 's', attributes: { a: '1', b: '2' } }
  assert.deepEqual(put(clientScopeRepresentation, scope, { name: 's', attributes: { a: null, b: '', c: '3' } }).attributes, {
    b: '',
    c: '3',
  })
  const realm = { browserSecurityHeaders: { x: 'y', z: 'w' } }
  assert.deepEqual(put(realmRepresentation, realm, { browserSecurityHeaders: { x: null, z: '' } }).browserSecurityHeaders, { z: '' })
})

test('component configuration is added to; null and an empty list remove', () => {
  const component = { name: 'c', config: { priority: ['5'], enabled: ['true'], active: ['true'] } }
  assert.deepEqual(put(componentRepresentation, component, { config: { priority: ['6'], enabled: [], active: null } }).config, {
    priority: ['6'],
  })
})

test('realm attributes, SMTP server and user attributes are replaced as a whole', () => {
  const realm = { attributes: { a: '1', b: '2' }, smtpServer: { host: 'h', from: 'f' } }
  assert.deepEqual(put(realmRepresentation, realm, { attributes: { a: '9', c: null }, smtpServer: {} }), {
    attributes: { a: '9' },
    smtpServer: {},
  })
  assert.deepEqual(put(userRepresentation, { attributes: { a: ['1'], b: ['2'] } }, { attributes: { a: ['9'] } }).attributes, { a: ['9'] })
})

test('some members are cleared where the body is silent', () => {
  assert.deepEqual(put(groupRepresentation, { name: 'g', description: 'd', attributes: { a: ['1'] }, subGroups: [] }, { name: 'g' }), {
    name: 'g',
    attributes: { a: ['1'] },
    subGroups: [],
  })
  assert.equal(put(roleRepresentation, { name: 'r', description: 'd' }, { name: 'r' }).description, undefined)
  assert.equal(put(realmEventsConfigRepresentation, { eventsExpiration: 5, eventsEnabled: true }, {}).eventsExpiration, undefined)
  assert.deepEqual(put(authenticatorConfigRepresentation, { id: 'i', alias: 'a', config: { a: '1' } }, { config: { x: '1' } }), {
    id: 'i',
    config: { x: '1' },
  })
  const organization = { name: 'o', description: 'd', redirectUrl: 'u', attributes: { a: ['1'] }, domains: [{ name: 'x', verified: true }] }
  assert.deepEqual(put(organizationRepresentation, organization, { name: 'o' }), { name: 'o', enabled: true, attributes: { a: ['1'] } })
})

test('protocol mappers, identity providers and required actions are replaced as a whole', () => {
  assert.deepEqual(put(protocolMapperRepresentation, { id: 'i', name: 'm', config: { x: '1' }, consentRequired: true }, { name: 'm' }), {
    id: 'i',
    name: 'm',
    config: {},
    consentRequired: false,
  })
  assert.deepEqual(put(identityProviderRepresentation, { internalId: 'i', alias: 'a', trustEmail: true, enabled: false }, { alias: 'a' }), {
    internalId: 'i',
    alias: 'a',
    enabled: true,
    config: {},
  })
  const action = { alias: 'A', name: 'N', providerId: 'P', enabled: true, defaultAction: true, priority: 57, config: { a: '1' } }
  assert.deepEqual(put(requiredActionProviderRepresentation, action, { alias: 'A', name: 'N' }), {
    alias: 'A',
    name: 'N',
    providerId: 'P',
    enabled: false,
    defaultAction: false,
    priority: 0,
  })
})

test('a secret that readers see masked keeps its value when it comes back masked; a client secret is taken by its word', () => {
  const mask = '**********'
  const realm = { smtpServer: { host: 'h', password: 'pw' } }
  assert.deepEqual(put(realmRepresentation, realm, { smtpServer: { host: 'h2', password: mask } }).smtpServer, {
    host: 'h2',
    password: 'pw',
  })
  const provider = { alias: 'a', config: { clientSecret: 's', clientId: 'c' } }
  assert.deepEqual(put(identityProviderRepresentation, provider, { alias: 'a', config: { clientSecret: mask, clientId: mask } }).config, {
    clientSecret: 's',
    clientId: mask,
  })
  assert.equal(put(clientRepresentation, { secret: 's' }, { secret: mask }).secret, mask)
})

test('unknown members of the stored value survive a PUT, and the given values are left alone', () => {
  const stored = Object.freeze({ clientId: 'c', attributes: Object.freeze({ a: '1' }), more: { x: 1 } })
  const result = mergeRepresentation(clientRepresentation, stored, { attributes: { a: null } })
  assert.deepEqual(result, { clientId: 'c', attributes: {}, more: { x: 1 } })
  assert.deepEqual(stored.attributes, { a: '1' })
})

test('differences are told by member: deep, without order where the reference keeps none', () => {
  const a = {
    clientId: 'c',
    redirectUris: ['a', 'b'],
    attributes: { x: '1', y: '2' },
    protocolMappers: [{ name: 'm', config: { p: '1' } }],
  }
  const same = {
    protocolMappers: [{ config: { p: '1' }, name: 'm', consentRequired: false }],
    attributes: { y: '2', x: '1' },
    redirectUris: ['b', 'a'],
    clientId: 'c',
  }
  assert.deepEqual(diffRepresentation(clientRepresentation, a, same), [])
  const other = { ...same, redirectUris: ['a'], name: 'n', protocolMappers: [{ name: 'm', config: { p: '2' } }], more: 1 }
  assert.deepEqual(diffRepresentation(clientRepresentation, a, other), ['name', 'redirectUris', 'protocolMappers', 'more'])
  const ordered = [{ attributes: { a: ['1', '2'] } }, { attributes: { a: ['2', '1'] } }] as const
  assert.deepEqual(
    diffRepresentation(
      userRepresentation,
      { attributes: { a: [...ordered[0].attributes.a] } },
      { attributes: { a: [...ordered[1].attributes.a] } },
    ),
    ['attributes'],
  )
})
