import { condition } from './condition.ts'

/** True when the user has set up what the other executions of the sub-flow need. */
export const conditionalUserConfigured = condition({
  id: 'conditional-user-configured',
  label: 'Condition - user configured',
  help: 'Executes the current flow only if authenticators are configured',
  properties: [],
  needsUser: true,
  holds: (step) => step.flowIsConfigured(),
})
