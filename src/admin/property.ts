import { configPropertyRepresentation } from '../representations/component.ts'
import { arrangeRepresentation } from '../representations/print.ts'
import type { ConfigProperty } from '../tokens/protocol-mapper.ts'

/** A setting; what is not said of it is false. */
export const property = (facts: Partial<ConfigProperty> & Pick<ConfigProperty, 'name'>): ConfigProperty =>
  Object.freeze({ ...facts, secret: facts.secret ?? false, required: facts.required ?? false, readOnly: facts.readOnly ?? false })

/** Settings as the admin console's forms read them. */
export const describeProperties = (properties: readonly ConfigProperty[]): Record<string, unknown>[] =>
  properties.map(({ options, ...facts }) =>
    arrangeRepresentation(configPropertyRepresentation, { ...facts, ...(options === undefined ? {} : { options: [...options] }) }),
  )
