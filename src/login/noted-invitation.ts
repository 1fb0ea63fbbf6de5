import { invitationNote } from './notes.ts'

/** What a registration that an invitation has begun keeps of it. */
export interface NotedInvitation {
  readonly id: string
  readonly organizationId: string
  readonly organization: string
  readonly email: string
  readonly redirectUri: string | undefined
}

export function notedInvitation({ notes }: { readonly notes: Readonly<Record<string, string | undefined>> }): NotedInvitation | undefined {
  const text = notes[invitationNote]
  return text === undefined ? undefined : (JSON.parse(text) as NotedInvitation)
}
