import type { ConfigProperty } from '../../tokens/protocol-mapper.ts'
import type { Authenticator } from '../authenticator.ts'
import type { Step } from '../step.ts'

export interface Condition {
  readonly id: string
  readonly label: string
  readonly help: string
  readonly properties: readonly ConfigProperty[]
  readonly needsUser: boolean
  readonly holds: (step: Step) => Promise<boolean>
  readonly succeeded?: NonNullable<Authenticator['subFlowSucceeded']>
}

/** An authenticator that decides whether the CONDITIONAL sub-flow around it runs, and never shows a page. */
export const condition = ({ id, label, help, properties, needsUser, holds, succeeded }: Condition): Authenticator => ({
  id,
  label,
  help,
  category: 'condition',
  requirements: ['REQUIRED', 'DISABLED'],
  properties,
  needsUser,
  condition: holds,
  ...(succeeded === undefined ? {} : { subFlowSucceeded: succeeded }),
  start: async () => ({ kind: 'attempted' }),
})

/** Settings are texts. */
export const isOn = (config: Readonly<Record<string, string>>, name: string): boolean => config[name] === 'true'

export const property = (name: string, rest: Partial<ConfigProperty> = {}): ConfigProperty => ({
  name,
  ...rest,
  secret: false,
  required: rest.required ?? false,
  readOnly: false,
})
