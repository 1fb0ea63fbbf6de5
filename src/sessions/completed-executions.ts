/**
 * Which executions of a flow succeeded and when, kept in notes of the user session: what authentication method references (RFC 8176)
 * are made of. The first note is the reference's. The second is ours: what each execution is called, and for how many seconds, so that a
 * token can be made without reading the realm's flows.
 */
const completedNote = 'authenticators-completed'
const referencesNote = 'ostiary.authenticator-references'

/** Members of an execution's configuration, whatever its authenticator. */
const referenceValue = 'default.reference.value'
const referenceMaxAge = 'default.reference.maxAge'

type Times = Record<string, number>
type References = Record<string, readonly [value: string, maxAgeSeconds: number]>

const read = <V extends object>(notes: ReadonlyMap<string, string>, name: string): Partial<V> =>
  JSON.parse(notes.get(name) ?? '{}') as Partial<V>

/** Notes that an execution has succeeded at a second of the epoch; `notes` are those that become notes of the user session. */
export function noteCompleted(
  notes: Record<string, string>,
  execution: { readonly id: string; readonly config: Readonly<Record<string, string>> },
  nowSeconds: number,
): void {
  const known = new Map(Object.entries(notes))
  notes[completedNote] = JSON.stringify({ ...read<Times>(known, completedNote), [execution.id]: nowSeconds })
  const value = execution.config[referenceValue]
  if (value === undefined || value === '') return
  const maxAge = Number(execution.config[referenceMaxAge])
  const reference = [value, Number.isFinite(maxAge) ? maxAge : 0] as const
  notes[referencesNote] = JSON.stringify({ ...read<References>(known, referencesNote), [execution.id]: reference })
}

/** What a login on top of an existing session takes over from it: single sign-on and step-up add to what was proved before. */
export function takeOverCompleted(notes: Record<string, string>, ofSession: Readonly<Record<string, string>>): void {
  for (const name of [completedNote, referencesNote]) {
    const known = ofSession[name]
    if (known !== undefined) notes[name] = known
  }
}

/** The references of the executions that succeeded no longer ago than their maximal age, in the order of their first success. */
export function authenticationMethods(notes: ReadonlyMap<string, string>, nowSeconds: number): string[] {
  const references = read<References>(notes, referencesNote)
  return Object.entries(read<Times>(notes, completedNote)).flatMap(([id, at = 0]) => {
    const [value, maxAgeSeconds] = references[id] ?? ['', 0]
    return value !== '' && at + maxAgeSeconds >= nowSeconds ? [value] : []
  })
}
