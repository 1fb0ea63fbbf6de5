import assert from 'node:assert/strict'
import { federatedIdentities } from '../../src/storage/federated-identities.ts'
import { realms } from '../../src/storage/realms.ts'
import type { Database } from '../../src/storage/sql.ts'
import { userChanges } from '../../src/storage/user-changes.ts'
import { type UserFilter, userSearch } from '../../src/storage/user-search.ts'
import { users } from '../../src/storage/users.ts'
import { everyEngine } from './suite.ts'

const on = everyEngine()

type Person = readonly [username: string, email?: string | undefined, firstName?: string | undefined, lastName?: string]

async function realmOf(database: Database, realm: string, people: readonly Person[]): Promise<void> {
  await realms(database).insert({ id: realm, name: realm, enabled: true, doc: '{}' })
  for (const [index, [username, email, firstName, lastName]] of people.entries())
    await users(database).insert(realm, {
      id: `${realm}-${username}`,
      username,
      email,
      emailVerified: index % 2 === 0,
      firstName,
      lastName,
      enabled: true,
      createdAtMs: index,
      notBefore: 0,
      serviceAccountClientId: undefined,
      federationLink: undefined,
      doc: '{}',
    })
}

/** The names on a page, and that the count agrees. */
async function found(database: Database, realm: string, filter: Omit<UserFilter, 'serviceAccounts'>): Promise<readonly string[]> {
  const search = userSearch(database)
  const rows = await search.page(realm, { ...filter, serviceAccounts: true }, { first: 0, max: 100 })
  assert.equal(await search.count(realm, { ...filter, serviceAccounts: true }), rows.length)
  return rows.map(({ username }) => username)
}

const word = (text: string, exact = false): Omit<UserFilter, 'serviceAccounts'> => ({ words: [{ exact, text }] })

on('words are found at the beginning of each member, with a star anywhere, in quotation marks as a whole', async (database) => {
  await realmOf(database, 'words', [
    ['anna', 'anna@example.com', 'Anna', 'Smith'],
    ['hanna', undefined, 'Ганна', 'Шевченко'],
    ['bob', 'smith@example.com', 'Bob'],
    ['a-b', undefined, undefined, 'Re%d_'],
  ])
  const rows: readonly (readonly [string, boolean, readonly string[]])[] = [
    ['anna', false, ['anna']],
    ['*anna', false, ['anna', 'hanna']],
    ['*nn*', false, ['anna', 'hanna']],
    ['smith', false, ['anna', 'bob']],
    ['smith', true, ['anna']],
    ['ганна', true, ['hanna']],
    ['шев', false, ['hanna']],
    ['an', true, []],
    ['', true, []],
    // A star reaches from one end of a member to the other, and not into the next.
    ['a*h', false, []],
    ['a*com', false, ['anna']],
    ['*n*com', false, ['anna']],
    ['re%d', false, ['a-b']],
    ['re%', false, ['a-b']],
    ['*%*', false, ['a-b']],
    ['*_*', false, ['a-b']],
    ['*', false, ['a-b', 'anna', 'bob', 'hanna']],
  ]
  for (const [text, exact, names] of rows) assert.deepEqual(await found(database, 'words', word(text, exact)), names, text)
})

on('people come in the order of the bytes of their names, and no other realm’s', async (database) => {
  await realmOf(database, 'order', [['ab'], ['a'], ['a b'], ['a.b'], ['é'], ['я'], ['z']])
  await realmOf(database, 'order-other', [['zz']])
  assert.deepEqual(await found(database, 'order', {}), ['a', 'a b', 'a.b', 'ab', 'z', 'é', 'я'])
  assert.deepEqual(await found(database, 'order', word('z')), ['z'])
})

on('a name that has changed is found under the new one alone', async (database) => {
  await realmOf(database, 'changed', [['old', 'old@example.com', 'Old', 'One']])
  const row = await users(database).find('changed', 'old')
  assert.ok(row)
  await userChanges(database).update('changed', row.id, { ...row, username: 'new', email: null, first_name: 'Neu', last_name: null })
  assert.deepEqual(await found(database, 'changed', word('old')), [])
  assert.deepEqual(await found(database, 'changed', word('neu')), ['new'])
  await users(database).remove('changed', row.id)
  assert.deepEqual(await found(database, 'changed', word('neu')), [])
})

on('attributes are found in whatever letter case, the many as the few, and long ones as a whole', async (database) => {
  const many = Array.from({ length: 2_100 }, (_, index): Person => [`many-${String(index).padStart(4, '0')}`])
  await realmOf(database, 'attributes', [...many, ['one'], ['two']])
  await database.transaction(async (tx) => {
    for (const [username] of many) await users(tx).addAttribute(`attributes-${username}`, 'city', 0, 'Київ')
    await users(tx).addAttribute('attributes-one', 'city', 0, 'Lviv')
    await users(tx).addAttribute('attributes-one', 'text', 0, `${'x'.repeat(3_000)}Y`)
    await users(tx).addAttribute('attributes-two', 'text', 0, `${'x'.repeat(3_000)}Z`)
  })
  const by = (...pairs: readonly (readonly [string, string])[]) => ({ attributes: pairs.map(([name, value]) => ({ name, value })) })
  assert.equal((await found100(database, by(['city', 'київ']))).length, 100)
  assert.equal(await userSearch(database).count('attributes', { ...by(['city', 'КИЇВ']), serviceAccounts: true }), 2_100)
  assert.deepEqual(await found(database, 'attributes', by(['city', 'LVIV'])), ['one'])
  assert.deepEqual(await found(database, 'attributes', by(['city', 'Lviv'], ['text', 'no'])), [])
  assert.deepEqual(await found(database, 'attributes', by(['text', `${'X'.repeat(3_000)}z`])), ['two'])
  assert.deepEqual(await found(database, 'attributes', { ...by(['city', 'Київ']), columns: { username: 'many-2099' } }), ['many-2099'])
})

const found100 = (database: Database, filter: Omit<UserFilter, 'serviceAccounts'>) =>
  userSearch(database).page('attributes', { ...filter, serviceAccounts: true }, { first: 0, max: 100 })

on('members, states, times and accounts elsewhere narrow a search', async (database) => {
  await realmOf(database, 'members', [
    ['anna', 'anna@example.com', 'Anna', 'Smith'],
    ['annabel', 'bel@example.org', 'Annabel', 'Smithson'],
  ])
  const link = { identity_provider: 'gh', external_user_id: 'g1', external_username: 'n', token: null }
  assert.equal(await federatedIdentities(database).insert({ user_id: 'members-anna', ...link }), 1)
  assert.equal(await federatedIdentities(database).insert({ user_id: 'members-anna', ...link }), 0)
  const rows: readonly (readonly [Omit<UserFilter, 'serviceAccounts'>, readonly string[]])[] = [
    [{ columns: { username: 'nna' } }, ['anna', 'annabel']],
    [{ columns: { username: 'anna' }, exact: true }, ['anna']],
    [{ columns: { first_name_lower: 'anna' }, exact: true }, ['anna']],
    [{ columns: { last_name_lower: 'smithson' } }, ['annabel']],
    [{ columns: { email: 'example.com' } }, ['anna']],
    [{ columns: { email: 'anna' } }, ['anna']],
    [{ columns: { email: 'a\nb' } }, []],
    [{ emailVerified: false }, ['annabel']],
    [{ enabled: false }, []],
    [{ createdFromMs: 1 }, ['annabel']],
    [{ createdUntilMs: 0 }, ['anna']],
    [{ link: { provider: 'gh' } }, ['anna']],
    [{ link: { externalId: 'g1' } }, ['anna']],
    [{ link: { provider: 'gh', externalId: 'g2' } }, []],
  ]
  for (const [filter, names] of rows) assert.deepEqual(await found(database, 'members', filter), names, JSON.stringify(filter))
})
