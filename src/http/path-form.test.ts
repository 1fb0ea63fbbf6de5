import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathFault } from './path-form.ts'

for (const path of [
  '/%61dmin',
  '/realms/mas%74er',
  '/realms/%7ea',
  '/realms/a%2db',
  '/realms/%41',
  '/realms/%5F',
  '/realms/%39',
  '/x%2e%2ey',
])
  test(`${path} escapes what needs no escape`, () => assert.equal(pathFault(path)?.error, 'missingNormalization'))

for (const path of ['//admin', '/realms//x', '/realms/x//', '/realms/../admin', '/realms/./x', '/realms/..', '/realms/.'])
  test(`${path} has another, shorter path`, () => assert.equal(pathFault(path)?.error, 'missingNormalization'))

for (const path of ['/admin;x/realms', '/realms/a/..;/b'])
  test(`${path} has a parameter in a segment`, () => assert.equal(pathFault(path)?.error, 'invalidCharacter'))

for (const path of [
  '/',
  '/realms/x..y',
  '/realms/x/',
  '/realms/a%20b',
  '/realms/%d0%b6',
  '/realms/a%2Fb',
  '/realms/a%252eb',
  '/realms/a%3bb',
  '/%5c',
  '/%40%5B%60%7b%2f%3a',
])
  test(`${path} is taken as it is`, () => assert.equal(pathFault(path), undefined))
