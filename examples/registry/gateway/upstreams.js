// The two services behind the gateway. They check no token: the gateway has done so, and nobody else can reach them. What they are told
// of the caller is in X-Userinfo (base64 of JSON: id, username, claims) and X-Access-Token (the token itself).
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { json } from 'node:stream/consumers'

const answer = (response, status, value) => {
  const body = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
}

const callerOf = (request) => JSON.parse(Buffer.from(request.headers['x-userinfo'] ?? 'e30=', 'base64').toString('utf8'))

function registry() {
  const database = new DatabaseSync(':memory:')
  database.exec(`create table unit (id integer primary key, name text not null, region text not null, edrpou text not null)`)
  const insert = database.prepare('insert into unit (name, region, edrpou) values (?, ?, ?)')
  insert.run('Laboratory No. 1', 'Kyiv', '00000001')
  insert.run('Laboratory No. 2', 'Lviv', '00000002')
  insert.run('City hospital', 'Kyiv', '00000003')
  return database
}

/** Search conditions by name, each a function from the query to its rows. */
const conditions = {
  'count-units-in-parallel': (database) => database.prepare('select count(*) as units from unit').all(),
  'units-by-region': (database, query) => database.prepare('select name, edrpou from unit where region = ?').all(query.get('region') ?? ''),
}

/** GET /{condition}?… → a list of rows; 404 for a condition that there is not. */
export function dataFactory() {
  const database = registry()
  return createServer((request, response) => {
    const url = new URL(request.url, 'http://upstream')
    const name = url.pathname.slice(1)
    if (!Object.hasOwn(conditions, name)) return answer(response, 404, { code: 'NOT_FOUND', message: `no search condition ${name}` })
    return answer(response, 200, conditions[name](database, url.searchParams))
  })
}

/** Processes by their keys: what each makes of its variables. */
const processes = {
  'add-lab': ({ labName }, caller) => ({ labName, registeredBy: caller.username }),
  'check-consent': () => ({}),
}

/** POST /api/start-bp {businessProcessDefinitionKey, startVariables} → {resultVariables}; 422 for a process that there is not. */
export function businessProcess() {
  return createServer(async (request, response) => {
    if (request.method !== 'POST' || request.url !== '/api/start-bp') return answer(response, 404, { code: 'NOT_FOUND', message: 'no such path' })
    const traceId = randomUUID()
    const body = await json(request).catch(() => undefined)
    const key = body?.businessProcessDefinitionKey
    if (typeof key !== 'string' || !Object.hasOwn(processes, key)) {
      const message = `Business process definition ${JSON.stringify(key ?? null)} is not found`
      return answer(response, 422, { traceId, code: 'START_BP_ERROR', message, localizedMessage: 'Бізнес-процес не знайдено' })
    }
    return answer(response, 200, { resultVariables: processes[key](body.startVariables ?? {}, callerOf(request)) })
  })
}
