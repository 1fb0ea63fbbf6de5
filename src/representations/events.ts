import { boolean, cleared, long, map, object, primitive, type Representation, set, table, text } from './fields.ts'

export const authDetailsRepresentation = table('AuthDetailsRepresentation', {
  realmId: text,
  clientId: text,
  userId: text,
  ipAddress: text,
})

export type AuthDetailsRepresentation = Representation<typeof authDetailsRepresentation>

export const eventRepresentation = table('EventRepresentation', {
  id: text,
  time: primitive(long),
  type: text,
  realmId: text,
  clientId: text,
  userId: text,
  sessionId: text,
  ipAddress: text,
  error: text,
  details: map(text),
})

export type EventRepresentation = Representation<typeof eventRepresentation>

export const adminEventRepresentation = table('AdminEventRepresentation', {
  id: text,
  time: primitive(long),
  realmId: text,
  authDetails: object(() => authDetailsRepresentation),
  operationType: text,
  resourceType: text,
  resourcePath: text,
  representation: text,
  error: text,
  details: map(text),
})

export type AdminEventRepresentation = Representation<typeof adminEventRepresentation>

export const realmEventsConfigRepresentation = table('RealmEventsConfigRepresentation', {
  eventsEnabled: primitive(boolean),
  eventsExpiration: cleared(long),
  eventsListeners: set(text),
  enabledEventTypes: set(text),
  adminEventsEnabled: boolean,
  adminEventsDetailsEnabled: boolean,
})

export type RealmEventsConfigRepresentation = Representation<typeof realmEventsConfigRepresentation>
