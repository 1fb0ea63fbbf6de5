import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findAuthenticator } from '../../login/authenticators/index.ts'
import { findFormAction } from '../../login/form-actions/index.ts'
import { namedAuthenticators, namedFormActions } from './named-providers.ts'

test('what the login room runs is described there alone', () => {
  for (const { id } of namedAuthenticators) assert.equal(findAuthenticator(id), undefined, id)
  for (const { id } of namedFormActions) assert.equal(findFormAction(id), undefined, id)
})
