import type { Clock } from '../clock.ts'
import type { UserProgress } from './export-files.ts'

/** Where progress goes: a terminal, or lines of a log. */
export interface ProgressOutput {
  /** Standard error, when a person looks at it. Takes text without a line end. */
  readonly terminal: { readonly write: (text: string) => void; readonly columns: number } | undefined
  readonly log: (line: string) => void
  readonly clock: Clock
}

export interface Progress {
  readonly onUsers: (progress: UserProgress) => void
  /** Takes the bar away. */
  readonly end: () => void
}

/** A terminal is drawn on so often; a log gets a line so often. Whoever is done before that hears nothing. */
const drawEveryMs = 100
const logEveryMs = 10_000
const barColumnsMax = 30

/** Tells how far a long import or export has come: a bar on a terminal, a line now and then in a log. `verb`: `imported`. */
export function openProgress({ terminal, log, clock }: ProgressOutput, verb: string): Progress {
  const startedMs = clock.now()
  let toldMs = startedMs
  let drawn = false
  const everyMs = terminal === undefined ? logEveryMs : drawEveryMs
  return {
    onUsers(progress) {
      const nowMs = clock.now()
      if (nowMs - toldMs < everyMs) return
      toldMs = nowMs
      const words = progressWords(progress, nowMs - startedMs, verb)
      if (terminal === undefined) return log(words)
      drawn = true
      // Carriage return and "erase to the end of the line" (ECMA-48 EL).
      terminal.write(`\r${barOf(progress, words, terminal.columns)}\u001b[K`)
    },
    end() {
      if (drawn) terminal?.write('\r\u001b[K')
      drawn = false
    },
  }
}

const share = ({ done, total }: UserProgress): number => (total === 0 ? 1 : Math.min(1, done / total))

const grouped = (count: number): string => count.toLocaleString('en-US')

function progressWords(progress: UserProgress, elapsedMs: number, verb: string): string {
  const { realm, done, total } = progress
  const perSecond = elapsedMs > 0 ? `, ${grouped(Math.round((done * 1_000) / elapsedMs))}/s` : ''
  return `Realm '${realm}': ${grouped(done)} of ${grouped(total)} users ${verb} (${Math.floor(share(progress) * 100)} %${perSecond})`
}

/** As much of a bar as fits beside the words. */
function barOf(progress: UserProgress, words: string, columns: number): string {
  const room = Math.min(barColumnsMax, columns - words.length - 4)
  if (room < 5) return words.slice(0, Math.max(0, columns - 1))
  const full = Math.round(share(progress) * room)
  return `[${'#'.repeat(full)}${'-'.repeat(room - full)}] ${words}`
}
