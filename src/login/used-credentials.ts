import type { Step } from './step.ts'

/** Note of a login in progress: `{execution id: credential type}` of what the user has proved. */
const usedNote = 'authn.credentials'

const read = ({ session }: Pick<Step, 'session'>): Readonly<Record<string, string>> =>
  JSON.parse(session.notes[usedNote] ?? '{}') as Record<string, string>

/** Notes by which type of credential (`password`, `otp`, `webauthn` …) an execution succeeded. */
export function noteCredential(step: Pick<Step, 'session' | 'execution'>, type: string): void {
  step.session.notes[usedNote] = JSON.stringify({ ...read(step), [step.execution]: type })
}

/** Only executions that stand as succeeded count: after the flow was started again, what was proved before is proved no more. */
export const usedCredentials = (step: Pick<Step, 'session'>): ReadonlySet<string> =>
  new Set(
    Object.entries(read(step))
      .filter(([execution]) => step.session.executions[execution] === 'SUCCESS')
      .map(([, type]) => type),
  )
