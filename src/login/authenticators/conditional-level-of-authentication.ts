import { nowSeconds } from '../../clock.ts'
import { configuredLevel, configuredMaxAgeSeconds, levelHolds, reachedLevel, reachLevel, requestedLevel } from '../acr.ts'
import { condition, property } from './condition.ts'

/**
 * Step-up: true when the application asks for this level or a higher one and it does not hold any more. Somebody who has reached nothing
 * yet always starts with the first level of the flow. When the sub-flow has succeeded, its level is reached.
 */
export const conditionalLevelOfAuthentication = condition({
  id: 'conditional-level-of-authentication',
  label: 'Condition - Level of Authentication',
  help: 'Flow is executed only if the configured LOA or a higher one has been requested but not yet satisfied. After the flow is successfully finished, the LOA in the session will be updated to value prescribed by this condition.',
  properties: [
    property('loa-condition-level', { label: 'loa-condition-level', helpText: 'loa-condition-level.tooltip', type: 'String' }),
    property('loa-max-age', { label: 'loa-max-age', helpText: 'loa-max-age.tooltip', type: 'String', defaultValue: 36_000 }),
  ],
  needsUser: false,
  async holds({ config, realm, client, session, services }) {
    if (reachedLevel(session) < 0) return true
    const level = configuredLevel(config)
    if (level === undefined || requestedLevel(realm, client, session.request).level < level) return false
    return !levelHolds(session, level, configuredMaxAgeSeconds(config), nowSeconds(services.clock))
  },
  async succeeded({ config, session, services }) {
    const level = configuredLevel(config)
    if (level !== undefined) reachLevel(session, level, configuredMaxAgeSeconds(config), nowSeconds(services.clock))
  },
})
