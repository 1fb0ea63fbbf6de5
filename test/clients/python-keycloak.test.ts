import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { testClock } from '../server/clock.ts'
import { serverOfFile } from '../server.ts'
import { live } from './life.ts'
import { python } from './tools.ts'

// The client compares tokens with the machine's clock.
const server = await serverOfFile({ clock: testClock(Date.now()) })

test('python-keycloak lives the life of a realm', (context) =>
  live(context, python(), [fileURLToPath(new URL('python_life.py', import.meta.url)), server.url], 13))
