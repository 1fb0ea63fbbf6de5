import type { IdentityProviderRepresentation } from '../../representations/identity-provider.ts'
import type { RealmRepresentation } from '../../representations/realm.ts'
import { authentication } from '../../storage/authentication.ts'
import { identityProviders } from '../../storage/identity-providers.ts'
import { realms as realmRows } from '../../storage/realms.ts'
import type { Sql } from '../../storage/sql.ts'
import { flowBindings } from '../../transfer/settings.ts'
import { type Flow, type FlowTree, updateFlow } from './flow-tree.ts'

const brokerBindings = ['firstBrokerLoginFlowAlias', 'postBrokerLoginFlowAlias'] as const

/** Gives all who name a flow by its alias the new one: sub-flow executions, the realm's bindings, identity providers. */
export async function followRename(tx: Sql, realmId: string, tree: FlowTree, from: string, to: string): Promise<void> {
  for (const flow of tree.flows) {
    if (!flow.executions.some(({ flowAlias }) => flowAlias === from)) continue
    // Another change of the same request may have written this flow already only under its own name.
    const executions = flow.executions.map((step) => (step.flowAlias === from ? { ...step, flowAlias: to } : step))
    await updateFlow(tx, realmId, { ...flow, executions })
  }
  await renameInRealm(tx, realmId, from, to)
  for (const row of await identityProviders(tx).list(realmId)) {
    const doc = JSON.parse(row.doc) as IdentityProviderRepresentation
    if (brokerBindings.some((name) => doc[name] === from)) {
      for (const name of brokerBindings) if (doc[name] === from) doc[name] = to
      await identityProviders(tx).update(realmId, row.id, doc)
    }
  }
}

async function renameInRealm(tx: Sql, realmId: string, from: string, to: string): Promise<void> {
  const row = await realmRows(tx).findById(realmId)
  if (row === undefined) return
  const settings = JSON.parse(row.doc) as RealmRepresentation
  const bound = flowBindings.filter((name) => settings[name] === from)
  if (bound.length === 0) return
  for (const name of bound) settings[name] = to
  await realmRows(tx).update({ id: row.id, name: row.name, enabled: row.enabled === 1, doc: JSON.stringify(settings) })
}

/** Whether the realm, an identity provider or a client is bound to the flow. */
export async function isInUse(tx: Sql, realmId: string, { id, alias }: Flow): Promise<boolean> {
  const row = await realmRows(tx).findById(realmId)
  const settings = row === undefined ? {} : (JSON.parse(row.doc) as RealmRepresentation)
  if (flowBindings.some((name) => settings[name] === alias)) return true
  const providers = (await identityProviders(tx).list(realmId)).map(({ doc }) => JSON.parse(doc) as IdentityProviderRepresentation)
  if (providers.some((provider) => brokerBindings.some((name) => provider[name] === alias))) return true
  return authentication(tx).isFlowOfClient(realmId, id)
}
