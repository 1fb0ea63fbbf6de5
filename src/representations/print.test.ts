import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resourceRepresentation } from './authorization.ts'
import { clientRepresentation } from './client.ts'
import { protocolMapperRepresentation } from './client-scope.ts'
import { groupRepresentation } from './group.ts'
import { parseRepresentation } from './parse.ts'
import { arrangeRepresentation, printRepresentation, printRepresentations, unknownMembers } from './print.ts'
import { roleRepresentation } from './role.ts'

test('members are printed in the order of the reference server, undefined and null are left out', () => {
  const client = { redirectUris: [], enabled: true, clientId: 'c', id: 'i', attributes: { b: '1', a: '2' } }
  assert.equal(
    printRepresentation(clientRepresentation, client),
    '{"id":"i","clientId":"c","enabled":true,"redirectUris":[],"attributes":{"b":"1","a":"2"}}',
  )
  const withNull: object = { clientId: 'c', name: null, description: undefined }
  assert.equal(printRepresentation(clientRepresentation, withNull), '{"clientId":"c"}')
})

test('members that the reference holds in primitives are always printed, deep inside too', () => {
  assert.equal(printRepresentation(protocolMapperRepresentation, { name: 'm' }), '{"name":"m","consentRequired":false}')
  assert.equal(
    printRepresentation(clientRepresentation, { protocolMappers: [{ name: 'm' }] }),
    '{"protocolMappers":[{"name":"m","consentRequired":false}]}',
  )
  assert.equal(printRepresentations(roleRepresentation, [{ name: 'a' }]), '[{"name":"a","composite":false}]')
})

test('unknown members come last, under their names', () => {
  const client = parseRepresentation(clientRepresentation, '{"x":{"y":null},"clientId":"c"}', { unknown: 'keep' })
  assert.deepEqual(unknownMembers(clientRepresentation, client), { x: { y: null } })
  assert.equal(printRepresentation(clientRepresentation, client), '{"clientId":"c","x":{"y":null}}')
})

test('old names and empty sets that the reference hides are not printed', () => {
  assert.equal(printRepresentation(resourceRepresentation, { name: 'r', uri: '/a', scopes: [] }), '{"name":"r"}')
})

test('the largest 64-bit number is printed with all its digits and read back', () => {
  const text = '{"subGroupCount":9223372036854775807,"subGroups":[]}'
  const group = parseRepresentation(groupRepresentation, text, { unknown: 'reject' })
  assert.equal(printRepresentation(groupRepresentation, group), text)
})

test('arranging makes a new value and leaves the given one alone', () => {
  const client = Object.freeze({ redirectUris: Object.freeze(['a']) as string[], clientId: 'c' })
  const arranged = arrangeRepresentation(clientRepresentation, client)
  assert.deepEqual(Object.keys(arranged), ['clientId', 'redirectUris'])
  assert.notEqual(arranged['redirectUris'], client.redirectUris)
})
