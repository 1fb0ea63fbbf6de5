import { sharedUrlVariable, startPostgres, type TestPostgres } from './postgres.ts'

let server: TestPostgres | undefined

/** For `node --test --test-global-setup=test/storage/global-setup.ts`: one PostgreSQL for all test processes. */
export async function globalSetup(): Promise<void> {
  server = await startPostgres()
  process.env[sharedUrlVariable] = server.url
}

export async function globalTeardown(): Promise<void> {
  await server?.stop()
}
