import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GroupRepresentation } from '../../src/representations/group.ts'
import type { Json } from '../server/call.ts'
import { person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf } from './administrators.ts'
import { eventsOf, newestDetails } from './stored-events.ts'

const name = 'rol-groups'
const base = `/realms/${name}`
const many = Array.from({ length: 12 }, (_, at) => ({ name: `child ${String(at).padStart(2, '0')}` }))
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      adminEventsEnabled: true,
      adminEventsDetailsEnabled: true,
      clients: [{ clientId: 'shop', publicClient: true }],
      roles: { realm: [{ name: 'reader' }], client: { shop: [{ name: 'buy' }] } },
      groups: [
        { name: 'zoo', subGroups: [{ name: 'ape' }] },
        {
          name: 'art',
          realmRoles: ['reader'],
          subGroups: [
            {
              name: 'music',
              description: 'Loud',
              attributes: { floor: ['1'] },
              clientRoles: { shop: ['buy'] },
              subGroups: [{ name: 'jazz' }],
            },
            { name: 'Malerei' },
          ],
        },
        { name: 'under_line', attributes: { floor: ['1', '2'], wing: ['east side'] } },
        { name: 'crowd', subGroups: many },
        { name: 'a/b', subGroups: [{ name: 'c' }] },
        { name: 'Поети' },
      ],
      users: [
        person('olena', { groups: ['/art', '/art/music', '/zoo/ape'] }),
        person('andriy', { groups: ['/art'] }),
        person('maria', { groups: ['/art'] }),
        administrator('clerk', ['query-groups']),
        administrator('viewer', ['view-users']),
      ],
    },
    { realm: 'rol-empty', enabled: true },
  ],
})

const get = async (path: string): Promise<Json[]> => (await server.admin('GET', `${base}${path}`)).json as unknown as Json[]
const one = async (path: string): Promise<Json> => (await server.admin('GET', `${base}${path}`)).json
const names = async (path: string): Promise<unknown[]> => (await get(path)).map((group) => group['name'])
const call = async (method: string, path: string, body?: unknown): Promise<readonly [number, unknown]> => {
  const { status, text } = await server.admin(method, `${base}${path}`, body)
  return [status, text === '' ? '' : JSON.parse(text)]
}
const idOf = async (path: string): Promise<string> => String((await one(`/group-by-path/${path}`))['id'])
const make = async (path: string, group: GroupRepresentation): Promise<string> => {
  const { status, headers, text } = await server.admin('POST', `${base}${path}`, group)
  assert.equal(status, 201, text)
  return /[\da-f-]{36}$/.exec(String(headers['location']))?.[0] ?? ''
}
/** Names with those below: `art(music(jazz))`. */
const outline = (groups: readonly GroupRepresentation[]): string =>
  groups.map(({ name: own, subGroups = [] }) => (subGroups.length === 0 ? own : `${own}(${outline(subGroups)})`)).join(' ')
const tree = async (query: string): Promise<string> => outline((await get(`/groups?${query}`)) as GroupRepresentation[])
const access = { view: true, viewMembers: true, manageMembers: true, manage: true, manageMembership: true }

test('a fresh realm has no groups and no default groups', async () => {
  for (const path of ['groups', 'default-groups']) assert.equal((await server.admin('GET', `/realms/rol-empty/${path}`)).text, '[]')
})

test('groups at the top come by name, page by page, without those below', async () => {
  assert.equal(await tree(''), 'a/b art crowd under_line zoo Поети')
  assert.equal(await tree('first=1&max=2'), 'art crowd')
  assert.deepEqual([await tree('max=0'), await tree('first=4'), await tree('max=-1&first=5')], ['', 'zoo Поети', 'Поети'])
  assert.deepEqual(await call('GET', '/groups?max=x'), [404, { error: 'HTTP 404 Not Found' }])
})

test('those that match are shown below those above them, or alone', async () => {
  assert.equal(await tree('search=JAZZ'), 'art(music(jazz))')
  assert.equal(await tree('search=a&max=2'), 'art(Malerei) a/b'.split(' ').reverse().join(' '))
  assert.equal(await tree('search=z'), 'art(music(jazz)) zoo')
  assert.equal(await tree('search=z&populateHierarchy=false'), 'jazz zoo')
  assert.equal(await tree('search=z&populateHierarchy=false&first=1&max=1'), 'zoo')
  assert.deepEqual([await tree('search=jaz&exact=true'), await tree('search=jazz&exact=true')], ['', 'art(music(jazz))'])
  assert.deepEqual(
    [await tree('search=j*z&populateHierarchy=false'), await tree('search=_'), await tree('search=%25')],
    ['jazz', 'under_line', ''],
  )
  assert.equal(await tree('search=%20ape%20'), 'zoo(ape)')
})

test('search knows the letters of other scripts', { skip: server.onReference }, async () => {
  assert.equal(await tree(`search=${encodeURIComponent('пОЕТ')}`), 'Поети')
})

test('attributes are searched for by all of their names and values', async () => {
  assert.equal(await tree('q=floor:1'), 'art(music) under_line')
  assert.equal(await tree('q=floor:1&populateHierarchy=false&first=1'), 'under_line')
  assert.equal(await tree(`q=${encodeURIComponent('floor:1 wing:"east side"')}`), 'under_line')
  assert.deepEqual([await tree('q=floor:3'), await tree('q=FLOOR:1'), await tree('q=floor:1%20nope:1')], ['', '', ''])
  assert.equal(await tree('q=floor:2&search=jazz'), 'under_line')
})

test('groups are counted: all, at the top, or those that match', async () => {
  const count = async (query: string): Promise<unknown> => (await one(`/groups/count?${query}`))['count']
  assert.deepEqual(
    [
      await count(''),
      await count('top=true'),
      await count('search=child'),
      await count('search=J*Z&top=true'),
      await count('search=%20ape'),
    ],
    [23, 6, 12, 1, 0],
  )
})

test('what is below a group comes in pages of ten, by the beginning of its name', async () => {
  const below = async (path: string, query: string): Promise<unknown[]> => names(`/groups/${await idOf(path)}/children?${query}`)
  assert.equal((await below('crowd', '')).length, 10)
  assert.deepEqual(await below('crowd', 'first=10'), ['child 10', 'child 11'])
  assert.deepEqual(await below('crowd', 'search=CHILD%200&first=1&max=2'), ['child 01', 'child 02'])
  assert.deepEqual([await below('crowd', 'search=01'), await below('crowd', 'search=*01')], [[], ['child 01']])
  assert.deepEqual([await below('art', 'search=mu&exact=true'), await below('art', 'search=music&exact=true')], [[], ['music']])
  assert.deepEqual(await below('art', 'search=jazz'), [])
})

test('a group looks as the reference prints one, in lists, alone and by its path', async () => {
  const art = await idOf('art')
  const { id, ...music } = await one('/group-by-path/art/music')
  const brief = { name: 'music', description: 'Loud', path: '/art/music', parentId: art }
  const full = { ...brief, subGroupCount: 1, subGroups: [], attributes: { floor: ['1'] }, realmRoles: [], clientRoles: { shop: ['buy'] } }
  assert.deepEqual(music, full)
  assert.deepEqual(await one(`/groups/${id}`), { id, ...full, access })
  const [, inChildren] = await get(`/groups/${art}/children`)
  assert.deepEqual(inChildren, { id, ...full, access })
  const [inList] = await get('/groups?search=music&populateHierarchy=false&subGroupsCount=false')
  assert.deepEqual(inList, { id, ...brief, subGroups: [], access })
  const [fullInList] = await get('/groups?search=music&populateHierarchy=false&briefRepresentation=false')
  assert.deepEqual(fullInList, { id, ...full, access })
  assert.deepEqual(await call('GET', '/group-by-path/none'), [404, { error: 'Group path does not exist' }])
  assert.deepEqual(await call('GET', '/group-by-path/art/none'), [404, { error: 'Group path does not exist' }])
  assert.deepEqual(await call('GET', '/groups/nope'), [404, { error: 'Could not find group by id' }])
})

test('names with slashes are found by their paths', async () => {
  assert.equal((await one('/group-by-path/a%2Fb'))['name'], 'a/b')
  assert.equal((await one('/group-by-path/a/b/c'))['path'], '/a/b/c')
})

test('a group is made, changed and removed with all below it', async () => {
  const told = await eventsOf(server, name, async () => {
    const id = await make('/groups', {
      name: 'new',
      attributes: { a: ['1'], b: [] },
      realmRoles: ['reader'],
      subGroups: [{ name: 'not made' }],
    })
    server.clock.advance(1)
    const { status, json, headers } = await server.admin('POST', `${base}/groups/${id}/children`, { name: 'below', description: 'D' })
    const { id: below, ...rest } = json
    assert.deepEqual([status, headers['location']], [201, `${server.url}/admin${base}/groups/${below}`])
    const shown = { name: 'below', description: 'D', path: '/new/below', parentId: id, subGroups: [], attributes: {} }
    assert.deepEqual(rest, { ...shown, realmRoles: [], clientRoles: {}, access })
    server.clock.advance(1)
    assert.deepEqual(await call('PUT', `/groups/${id}`, { name: 'newer', description: 'd' }), [204, ''])
    const { attributes, realmRoles, subGroupCount, description, path } = await one(`/groups/${id}`)
    assert.deepEqual([attributes, realmRoles, subGroupCount, description, path], [{ a: ['1'] }, [], 1, 'd', '/newer'])
    await call('PUT', `/groups/${id}`, { name: 'newer', attributes: {} })
    const after = await one(`/groups/${id}`)
    assert.deepEqual([after['attributes'], 'description' in after], [{}, false])
    server.clock.advance(1)
    assert.deepEqual(await call('DELETE', `/groups/${id}`), [204, ''])
    assert.equal((await call('GET', `/groups/${below}`))[0], 404)
  })
  assert.deepEqual(
    told.map(([operation, type, path, body]) => [operation, type, String(path).replace(/[\da-f-]{36}/, '<id>'), (body as Json)['name']]),
    [
      ['CREATE', 'GROUP', 'groups/<id>', 'new'],
      ['CREATE', 'GROUP', 'groups/<id>/children', 'below'],
      ['UPDATE', 'GROUP', 'groups/<id>', 'newer'],
      ['UPDATE', 'GROUP', 'groups/<id>', 'newer'],
      ['DELETE', 'GROUP', 'groups/<id>', 'newer'],
    ],
  )
})

test('a group is moved by naming it where it shall be', async () => {
  const [from, to] = [await make('/groups', { name: 'from' }), await make('/groups', { name: 'to' })]
  const below = await make(`/groups/${from}/children`, { name: 'moved', attributes: { a: ['1'] } })
  assert.deepEqual(await call('POST', `/groups/${to}/children`, { id: below, name: 'whatever' }), [204, ''])
  const { path, attributes } = await one(`/groups/${below}`)
  assert.deepEqual([path, attributes], ['/to/moved', { a: ['1'] }])
  assert.deepEqual(await call('POST', '/groups', { id: below, name: 'moved' }), [204, ''])
  assert.equal((await one(`/groups/${below}`))['path'], '/moved')
  await make(`/groups/${to}/children`, { name: 'moved' })
  const taken = { errorMessage: "Sibling group named 'moved' already exists." }
  assert.deepEqual(await call('POST', `/groups/${to}/children`, { id: below, name: 'moved' }), [409, taken])
  assert.deepEqual(await call('POST', `/groups/${to}/children`, { id: 'nope', name: 'x' }), [404, { error: 'Could not find child by id' }])
  assert.deepEqual(await call('POST', `/groups/${to}/children`, { id: to, name: 'to' }), [204, ''])
  // A group below itself would be found from nowhere.
  assert.deepEqual(await call('POST', `/groups/${to}/children`, { id: from, name: 'from' }), [204, ''])
  assert.equal((await call('POST', `/groups/${from}/children`, { id: to, name: 'to' }))[0], 500)
  assert.deepEqual([(await one(`/groups/${to}`))['path'], (await one(`/groups/${from}`))['path']], ['/to', '/to/from'])
  for (const id of [to, below]) await call('DELETE', `/groups/${id}`)
})

test('what is wrong is told in the reference’s words', async () => {
  const art = await idOf('art')
  const missing = { errorMessage: 'Group name is missing' }
  const unknown = { error: 'unknown_error', error_description: 'For more on this error consult the server log.' }
  const rows: readonly (readonly [string, string, unknown, number, unknown])[] = [
    ['POST', '/groups', { name: 'art' }, 409, { errorMessage: "Top level group named 'art' already exists." }],
    ['POST', `/groups/${art}/children`, { name: 'music' }, 409, { errorMessage: "Sibling group named 'music' already exists." }],
    ['PUT', `/groups/${art}`, { name: 'zoo' }, 409, { errorMessage: "Sibling group named 'zoo' already exists." }],
    ['PUT', `/groups/${art}`, { name: 'art', id: 'other' }, 400, { errorMessage: 'Invalid group id' }],
    ['POST', '/groups', {}, 400, missing],
    ['POST', '/groups', { name: '  ' }, 400, missing],
    ['POST', `/groups/${art}/children`, { name: '' }, 400, missing],
    ['PUT', `/groups/${art}`, { description: 'x' }, 400, missing],
    ['POST', '/groups', { id: 'nope', name: 'x' }, 404, { error: 'Could not find child by id' }],
    ['POST', '/groups', undefined, 500, unknown],
    ['PUT', '/groups/nope', { name: 'x' }, 404, { error: 'Could not find group by id' }],
    ['DELETE', '/groups/nope', undefined, 404, { error: 'Could not find group by id' }],
    ['GET', '/groups/nope/members', undefined, 404, { error: 'Could not find group by id' }],
    ['GET', '/groups/nope/children', undefined, 404, { error: 'Could not find group by id' }],
    ['GET', '/groups/nope/role-mappings', undefined, 404, { error: 'Could not find group by id' }],
    ['PUT', '/default-groups/nope', undefined, 404, { error: 'Group not found' }],
    ['DELETE', '/default-groups/nope', undefined, 404, { error: 'Group not found' }],
    ['GET', `/groups/${art}/management/permissions`, undefined, 501, { ...unknown, error: 'Feature not enabled' }],
  ]
  for (const [method, path, body, status, answer] of rows)
    assert.deepEqual(await call(method, path, body), [status, answer], `${method} ${path} ${JSON.stringify(body)}`)
})

test('members are those who are in the group themselves', async () => {
  const art = await idOf('art')
  const members = async (query: string): Promise<unknown[]> =>
    (await get(`/groups/${art}/members?${query}`)).map((user) => user['username'])
  assert.deepEqual(await members(''), ['andriy', 'maria', 'olena'])
  assert.deepEqual([await members('first=1&max=1'), await members('max=0')], [['maria'], []])
  const [brief = {}] = await get(`/groups/${art}/members?briefRepresentation=true`)
  assert.deepEqual(['totp' in brief, 'access' in brief], [false, false])
})

test('new users join the default groups', async () => {
  const [art, jazz] = [await idOf('art'), await idOf('art/music/jazz')]
  for (const id of [art, art, jazz]) assert.deepEqual(await call('PUT', `/default-groups/${id}`), [204, ''])
  const listed = await get('/default-groups')
  assert.deepEqual(
    listed.map(({ parentId: _parent, ...group }) => group).sort((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1)),
    [
      { id: art, name: 'art', path: '/art', subGroups: [] },
      { id: jazz, name: 'jazz', path: '/art/music/jazz', subGroups: [] },
    ],
  )
  for (const id of [art, jazz, jazz]) assert.deepEqual(await call('DELETE', `/default-groups/${id}`), [204, ''])
  assert.deepEqual(await get('/default-groups'), [])
})

test('a user joins groups and leaves them', async () => {
  const [found = {}] = await get('/users?username=andriy&exact=true')
  const groups = `/users/${String(found['id'])}/groups`
  const [olena = {}] = await get('/users?username=olena&exact=true')
  const ofOlena = `/users/${String(olena['id'])}/groups`
  assert.deepEqual(await names(ofOlena), ['ape', 'art', 'music'])
  assert.deepEqual([await names(`${ofOlena}?search=A`), await names(`${ofOlena}?first=1&max=1`)], [['ape', 'art'], ['art']])
  assert.deepEqual([await one(`${ofOlena}/count`), await one(`${ofOlena}/count?search=us`)], [{ count: 3 }, { count: 1 }])
  const [, , music = {}] = await get(`${ofOlena}?briefRepresentation=false`)
  const { id, parentId: _parent, ...shown } = music
  const full = { attributes: { floor: ['1'] }, realmRoles: [], clientRoles: { shop: ['buy'] } }
  assert.deepEqual(shown, { name: 'music', description: 'Loud', path: '/art/music', subGroups: [], ...full })
  const told = await eventsOf(server, name, async () => {
    for (const method of ['PUT', 'PUT', 'DELETE', 'DELETE']) {
      server.clock.advance(1)
      assert.deepEqual(await call(method, `${groups}/${String(id)}`), [204, ''])
    }
  })
  const path = `${groups.slice(1)}/${String(id)}`
  assert.deepEqual(told, [
    ['CREATE', 'GROUP_MEMBERSHIP', path, music],
    ['DELETE', 'GROUP_MEMBERSHIP', path, music],
  ])
  assert.deepEqual(await newestDetails(server, name), { username: found['username'], email: found['email'] })
  for (const method of ['PUT', 'DELETE']) {
    assert.deepEqual(await call(method, `${groups}/nope`), [404, { error: 'Group not found' }])
    assert.deepEqual(await call(method, `/users/nope/groups/${String(id)}`), [404, { error: 'User not found' }])
  }
})

test('who may only query groups sees how many there are, who may see users what they are', async () => {
  const clerk = callerOf(server, await bearerOf(server, name, 'clerk'))
  assert.deepEqual(
    [(await clerk('GET', `${base}/groups`)).text, (await clerk('GET', `${base}/groups/count?top=true`)).text],
    ['[]', '{"count":6}'],
  )
  const art = await idOf('art')
  assert.equal((await clerk('GET', `${base}/groups/${art}`)).status, 403)
  const viewer = callerOf(server, await bearerOf(server, name, 'viewer'))
  const { json } = await viewer('GET', `${base}/groups/${art}`)
  assert.deepEqual(json['access'], { view: true, viewMembers: true, manageMembers: false, manage: false, manageMembership: false })
  for (const [method, path, body] of [
    ['POST', '/groups', { name: 'x' }],
    ['PUT', `/groups/${art}`, { name: 'art' }],
    ['DELETE', `/groups/${art}`, undefined],
    ['POST', `/groups/${art}/children`, { name: 'x' }],
    ['PUT', `/default-groups/${art}`, undefined],
  ] as const)
    assert.equal((await viewer(method, `${base}${path}`, body)).status, 403, `${method} ${path}`)
})

test('a page costs the same statements whatever it holds', { skip: server.onReference }, async () => {
  const cost = async (path: string): Promise<string[]> =>
    (await server.statements(() => get(path))).filter((statement) => /^(?:group|role)\./.test(statement)).sort()
  const art = await idOf('art')
  const user = String((await get('/users?username=olena&exact=true'))[0]?.['id'])
  const pages: readonly (readonly [string, number])[] = [
    ['/groups?', 3],
    ['/groups?briefRepresentation=false&', 4],
    ['/groups?search=a&briefRepresentation=false&', 4],
    ['/groups?q=floor:1&', 3],
    [`/groups/${art}/children?`, 5],
    [`/groups/${art}/members?`, 3],
    [`/users/${user}/groups?briefRepresentation=false&`, 3],
  ]
  for (const [path, statements] of pages) {
    assert.equal((await cost(`${path}max=5`)).length, statements, path)
    assert.deepEqual(await cost(`${path}max=1`), await cost(`${path}max=5`), path)
  }
})
