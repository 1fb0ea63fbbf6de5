import { test } from 'node:test'
import { testClock } from '../server/clock.ts'
import { serverOfFile } from '../server.ts'
import { live } from './life.ts'
import { javaLife } from './tools.ts'

// The client compares tokens with the machine's clock.
const server = await serverOfFile({ clock: testClock(Date.now()) })

test('the Java admin client lives the life of a realm', (context) => live(context, 'java', [...javaLife(), server.url], 12))
