import { executionsOf, topFlow } from '../top-flow.ts'
import { condition, property } from './condition.ts'

/** True when a sub-flow of the present flow has succeeded in this login, or has not. */
export const conditionalSubFlowExecuted = condition({
  id: 'conditional-sub-flow-executed',
  label: 'Condition - sub-flow executed',
  help: 'Condition to evaluate if a sub-flow was executed successfully during the authentication process',
  properties: [
    property('flow_to_check', {
      label: 'Flow name',
      helpText: 'The sub-flow name to check if it was executed.',
      type: 'String',
      required: true,
    }),
    property('check_result', {
      label: 'Check result',
      helpText:
        "When the condition evaluates to true.\nIf 'executed' returns true when the configured sub-flow was executed with output success, false otherwise.\nIf 'not-executed' returns false when the sub-flow was executed with output success, true otherwise.\n",
      type: 'List',
      defaultValue: 'executed',
      options: ['executed', 'not-executed'],
      required: true,
    }),
  ],
  needsUser: false,
  async holds({ config, realm, client, session }) {
    const authentication = await realm.authentication()
    const executed = executionsOf(authentication, topFlow(authentication, realm, client, session.flowPath)).some(
      ({ id, flowAlias }) => flowAlias !== undefined && flowAlias === config['flow_to_check'] && session.executions[id] === 'SUCCESS',
    )
    return executed === (config['check_result'] !== 'not-executed')
  },
})
