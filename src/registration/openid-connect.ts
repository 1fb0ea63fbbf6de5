import { clientOfMetadata, metadataOfClient, UnusableMetadata } from '../admin/clients/client-metadata.ts'
import { pairwiseMapper, pairwiseSalt } from '../admin/clients/pairwise.ts'
import { nowSeconds } from '../clock.ts'
import type { Random } from '../crypto/random.ts'
import type { HttpResponse } from '../http/values.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import type { ProtocolMapperRepresentation } from '../representations/client-scope.ts'
import { type OidcClientRepresentation, oidcClientRepresentation } from '../representations/oidc-client.ts'
import { printRepresentation } from '../representations/print.ts'
import type { ClientRow } from '../storage/clients.ts'
import { readCaller } from './caller.ts'
import { registerClient } from './create.ts'
import { describe } from './describe.ts'
import { changeClientOfPath, readClientOfPath, removeClientOfPath } from './manage.ts'
import { badMetadata, basePath, formRoutes, type RegistrationRequest, readDescription } from './request.ts'

const form = 'openid-connect'
const json = { 'content-type': 'application/json;charset=UTF-8' }

/** Clients described by their metadata (OpenID Connect Dynamic Client Registration 1.0, RFC 7591 and RFC 7592). */
export const openidConnectRoutes = formRoutes(form, { create, read, change, remove: removeClientOfPath })

async function create(context: RegistrationRequest): Promise<HttpResponse> {
  const { request, services } = context
  const metadata = readDescription(request, oidcClientRepresentation)
  if (metadata.client_id !== undefined) throw badMetadata('Client Identifier included')
  const withSubjects = (one: ClientRepresentation): ClientRepresentation => ({
    ...one,
    protocolMappers: subjectMappers(one.protocolMappers ?? [], metadata, services.random),
  })
  const { row, token, cors } = await registerClient(context, await readCaller(context), converted(metadata), withSubjects)
  const answer = await answerFor(context, row, token)
  const headers = { ...json, ...cors, location: answer.registration_client_uri ?? '' }
  return { status: 201, headers, body: print({ ...answer, client_id_issued_at: nowSeconds(services.clock) }) }
}

async function read(context: RegistrationRequest): Promise<HttpResponse> {
  const { row, token, cors } = await readClientOfPath(context)
  return { status: 200, headers: { ...json, ...cors }, body: print(await answerFor(context, row, token)) }
}

async function change(context: RegistrationRequest): Promise<HttpResponse> {
  const { request, services } = context
  const metadata = readDescription(request, oidcClientRepresentation)
  const client = converted(metadata)
  const { row, token, cors } = await changeClientOfPath(context, ({ defaultClientScopes = [] }) => ({
    // Metadata names the scopes that are asked for; those that the client has by default stay.
    given: metadata.scope === undefined ? client : { ...client, defaultClientScopes },
    patchOf: ({ protocolMappers = [] }) => ({ ...client, protocolMappers: subjectMappers(protocolMappers, metadata, services.random) }),
  }))
  return { status: 200, headers: { ...json, ...cors }, body: print(await answerFor(context, row, token)) }
}

function converted(metadata: OidcClientRepresentation): ClientRepresentation {
  if (metadata.subject_type !== undefined && !['public', 'pairwise'].includes(metadata.subject_type)) throw invalid()
  try {
    return clientOfMetadata(metadata)
  } catch (error) {
    throw error instanceof UnusableMetadata ? invalid() : error
  }
}

const invalid = (): Error => badMetadata('Client metadata invalid')

/** The mappers of a client with the subjects that it wants (OpenID Connect Core section 8): pairwise ones are one mapper's. */
function subjectMappers(
  mappers: readonly ProtocolMapperRepresentation[],
  { subject_type: subjects, sector_identifier_uri: sector }: OidcClientRepresentation,
  random: Pick<Random, 'uuid'>,
): ProtocolMapperRepresentation[] {
  const others = mappers.filter(({ protocolMapper }) => protocolMapper !== pairwiseMapper)
  if (subjects !== 'pairwise') return others
  const before = mappers.find(({ protocolMapper }) => protocolMapper === pairwiseMapper) ?? newPairwiseMapper(random)
  const { sectorIdentifierUri: _uri, ...config } = before.config ?? {}
  return [...others, { ...before, config: { ...config, ...(sector === undefined ? {} : { sectorIdentifierUri: sector }) } }]
}

const newPairwiseMapper = (random: Pick<Random, 'uuid'>): ProtocolMapperRepresentation => ({
  name: 'pairwise subject identifier',
  protocol: form,
  protocolMapper: pairwiseMapper,
  consentRequired: false,
  config: { [pairwiseSalt]: random.uuid() },
})

async function answerFor(context: RegistrationRequest, row: ClientRow, token: string | undefined): Promise<OidcClientRepresentation> {
  const { request, realm } = context
  const place = basePath.replace(':realm', encodeURIComponent(realm.name))
  return {
    ...metadataOfClient(await describe(context, row)),
    registration_client_uri: `${request.baseUrl}${place}/${form}/${encodeURIComponent(row.client_id)}`,
    ...(token === undefined ? {} : { registration_access_token: token }),
  }
}

const print = (metadata: OidcClientRepresentation): string => printRepresentation(oidcClientRepresentation, metadata)
