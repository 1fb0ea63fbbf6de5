import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { selfSignedCertificate } from './certificate.ts'
import { jks } from './jks.ts'
import type { KeystoreContents } from './keystore.ts'
import { pkcs12 } from './pkcs12.ts'
import { systemRandom } from './random.ts'

const now = Date.parse('2026-11-23T12:00:00Z')
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const certificate = await selfSignedCertificate(privateKey, 'mine', now)
const realmCertificate = await selfSignedCertificate(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'realm', now)
const contents: KeystoreContents = {
  key: { alias: 'Mine', privateKey, password: 'key-password', certificate },
  trusted: [{ alias: 'realm', certificate: realmCertificate }],
  password: 'store-password',
}

/** The output of a program on a keystore; undefined where the machine does not have the program. */
function runOn(store: Buffer, program: string, ...line: readonly string[]): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'ostiary-keystore-'))
  try {
    const file = join(directory, 'store')
    writeFileSync(file, store)
    return execFileSync(program, [...line.map((word) => (word === 'FILE' ? file : word))], { stdio: 'pipe' }).toString()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

test('a PKCS #12 file is read by openssl with its password and not with another', (context) => {
  const store = pkcs12({ ...contents, key: { ...contents.key, password: contents.password } }, systemRandom)
  const line = ['pkcs12', '-in', 'FILE', '-nodes', '-passin']
  const text = runOn(store, 'openssl', ...line, 'pass:store-password')
  if (text === undefined) return context.diagnostic('no openssl here')
  assert.match(text, /friendlyName: Mine[\s\S]*friendlyName: realm/)
  const key = /-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/.exec(text)?.[0] ?? ''
  assert.ok(createPrivateKey(key).equals(privateKey))
  assert.throws(() => runOn(store, 'openssl', ...line, 'pass:another'))
})

/** Reads a Java keystore as the format's description says. */
function readJks(store: Buffer, password: string): { alias: string; tag: number; key?: Buffer; certificate: Buffer }[] {
  const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()
  const body = store.subarray(0, -20)
  const digest = createHash('sha1').update(utf16(password)).update('Mighty Aphrodite').update(body).digest()
  assert.deepEqual(store.subarray(-20), digest)
  assert.deepEqual([body.readUInt32BE(0), body.readUInt32BE(4)], [0xfeedfeed, 2])
  let at = 12
  const take = (length: number): Buffer => {
    at += length
    return body.subarray(at - length, at)
  }
  const text = (): string => take(take(2).readUInt16BE(0)).toString()
  const block = (): Buffer => take(take(4).readUInt32BE(0))
  const entries = Array.from({ length: body.readUInt32BE(8) }, () => {
    const tag = take(4).readUInt32BE(0)
    const alias = text()
    assert.equal(Number(take(8).readBigUInt64BE(0)), now)
    if (tag === 1) {
      const key = block()
      assert.deepEqual([take(4).readUInt32BE(0), text()], [1, 'X.509'])
      return { alias, tag, key, certificate: block() }
    }
    assert.equal(text(), 'X.509')
    return { alias, tag, certificate: block() }
  })
  assert.equal(at, body.length)
  return entries
}

test('a Java keystore holds the key and the certificates under aliases in lower case', () => {
  const [own, trusted, ...more] = readJks(jks(contents, systemRandom, now), 'store-password')
  assert.deepEqual([own?.alias, own?.tag, own?.certificate.equals(certificate)], ['mine', 1, true])
  assert.deepEqual([trusted?.alias, trusted?.tag, trusted?.certificate.equals(realmCertificate)], ['realm', 2, true])
  assert.deepEqual(more, [])
  assert.ok(own?.key && !own.key.includes(privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(30, 60)))
})

test('a certificate without its key is a trusted one', () => {
  const alone = { ...contents, key: { ...contents.key, privateKey: undefined }, trusted: [] }
  assert.deepEqual(
    readJks(jks(alone, systemRandom, now), 'store-password').map(({ alias, tag }) => [alias, tag]),
    [['mine', 2]],
  )
})
