import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

/** A password's hash that nobody's password has: it is stored and never asked. */
const credential = {
  type: 'password',
  secretData: JSON.stringify({ value: 'x'.repeat(44), salt: 'y'.repeat(24), additionalParameters: {} }),
  credentialData: JSON.stringify({
    hashIterations: 5,
    algorithm: 'argon2',
    additionalParameters: { hashLength: ['32'], memory: ['7168'], type: ['id'], version: ['1.3'], parallelism: ['1'] },
  }),
}

/** Families, so that one name stands for a few hundred of a million people. */
const familiesCount = 4_999
const namesCount = 997

export const family = (index: number): string => `Family${index % familiesCount}`

/** One of many people: hash given, an e-mail address and a role. */
export const person = (index: number): object => ({
  username: `person-${index}`,
  enabled: true,
  email: `person-${index}@example.com`,
  emailVerified: true,
  firstName: `Name${index % namesCount}`,
  lastName: family(index),
  realmRoles: ['reader'],
  credentials: [credential],
})

const chunkChars = 1024 * 1024

/** Writes a realm file with so many people. */
export async function writePeople(file: string, realm: string, count: number): Promise<void> {
  const stream = createWriteStream(file)
  const head = JSON.stringify({ realm, enabled: true, roles: { realm: [{ name: 'reader' }] } })
  let text = `${head.slice(0, -1)},"users":[`
  for (let index = 0; index < count; index++) {
    text += `${index === 0 ? '' : ','}${JSON.stringify(person(index))}`
    if (text.length < chunkChars) continue
    if (!stream.write(text)) await once(stream, 'drain')
    text = ''
  }
  stream.end(`${text}]}`)
  await once(stream, 'finish')
}
