import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { jwtClaims } from '../server/jwt.ts'
import { as, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const name = 'org-mapped'
const path = `/realms/${name}`
const mapper = (addGroupRoleMappings: string) => ({
  name: 'groups',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-organization-group-membership-mapper',
  config: { 'access.token.claim': 'true', addGroupRoleMappings },
})
const client = (clientId: string, roles: string) => service(clientId, { directAccessGrantsEnabled: true, protocolMappers: [mapper(roles)] })
const chairs = '0f0e0d0c-0000-4000-8000-000000000001'
const board = {
  name: 'board',
  path: '/board',
  realmRoles: ['leader'],
  subGroups: [
    { id: chairs, name: 'chairs', path: '/board/chairs', realmRoles: ['chair'], clientRoles: { shop: ['seller'] }, subGroups: [] },
  ],
}
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      organizationsEnabled: true,
      roles: {
        realm: [{ name: 'leader' }, { name: 'part' }, { name: 'chair', composite: true, composites: { realm: ['part'] } }],
        client: { shop: [{ name: 'seller' }] },
      },
      clients: [client('plain', 'false'), client('full', 'true'), { clientId: 'shop' }],
      users: [person('anna'), person('bohdan'), person('kateryna')],
      organizations: [
        {
          name: 'Acme',
          alias: 'acme',
          domains: [{ name: 'acme.com', verified: true }],
          groups: [board],
          members: [
            { username: 'anna', groups: [chairs] },
            { username: 'bohdan', membershipType: 'MANAGED' },
          ],
        },
        { name: 'beta', members: [{ username: 'anna' }] },
      ],
    },
  ],
})
const realm = server.realm(name)
const list = (answer: Answer): Json[] => answer.json as unknown as Json[]

async function told(clientId: string, username: string, scope: string): Promise<Json> {
  const { json } = await realm.token({ grant_type: 'password', username, password, scope }, { basic: as(clientId) })
  return jwtClaims(json['access_token'])
}

test('a realm comes with its organizations', async () => {
  const [acme, beta] = list(await server.admin('GET', `${path}/organizations`))
  assert.deepEqual([acme?.['alias'], beta?.['alias'], acme?.['domains']], ['acme', 'beta', [{ name: 'acme.com', verified: true }]])
  const members = list(await server.admin('GET', `${path}/organizations/${String(acme?.['id'])}/members`))
  assert.deepEqual(
    members.map((member) => [member['username'], member['membershipType']]),
    [
      ['anna', 'UNMANAGED'],
      // The reference forgets it at an import.
      ['bohdan', server.onReference ? 'UNMANAGED' : 'MANAGED'],
    ],
  )
  const [group] = list(await server.admin('GET', `${path}/organizations/${String(acme?.['id'])}/groups?briefRepresentation=false`))
  assert.deepEqual([group?.['path'], group?.['realmRoles']], ['/board', ['leader']])
})

test('groups of an organization stand beside it in the claim', async () => {
  const { organization } = await told('plain', 'anna', 'organization:*')
  assert.deepEqual(organization, { acme: { groups: ['/board/chairs'] }, beta: { groups: [] } })
  assert.deepEqual((await told('plain', 'bohdan', 'organization'))['organization'], { acme: { groups: [] } })
})

test('their roles are those of the organization alone', async () => {
  const claims = await told('full', 'anna', 'organization:acme')
  const { acme } = claims['organization'] as { acme: { realm_access: { roles: string[] }; resource_access: unknown; groups: unknown } }
  assert.deepEqual(acme.realm_access.roles.toSorted(), ['chair', 'part'])
  assert.deepEqual([acme.groups, acme.resource_access], [['/board/chairs'], { shop: { roles: ['seller'] } }])
  const { roles = [] } = (claims['realm_access'] ?? {}) as { roles?: string[] }
  assert.deepEqual(
    roles.filter((role) => ['chair', 'part', 'leader'].includes(role)),
    [],
  )
})

test('a change of members or groups is told at once', async () => {
  const [acme] = list(await server.admin('GET', `${path}/organizations?search=acme`))
  const base = `${path}/organizations/${String(acme?.['id'])}`
  const [group] = list(await server.admin('GET', `${base}/groups`))
  assert.equal((await server.admin('PUT', `${base}/groups/${String(group?.['id'])}`, { name: 'council' })).status, 204)
  assert.deepEqual((await told('plain', 'anna', 'organization:acme'))['organization'], { acme: { groups: ['/council/chairs'] } })
  await server.admin('PUT', base, { name: 'Acme', alias: 'acme', enabled: false })
  assert.equal(
    (await realm.token({ grant_type: 'password', username: 'anna', password, scope: 'organization:acme' }, { basic: as('plain') })).status,
    400,
  )
})
