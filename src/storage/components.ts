import { type Row, type Sql, statement } from './sql.ts'

/** `doc` is the ComponentRepresentation. Keys, client registration policies and user federation are components. */
export interface ComponentRow extends Row {
  id: string
  parent_id: string
  provider_type: string
  provider_id: string
  name: string
  doc: string
}

export interface NewComponent {
  readonly id: string
  readonly parentId: string
  readonly providerType: string
  readonly providerId: string
  readonly name: string
  readonly doc: string
}

const columns = 'id, parent_id, provider_type, provider_id, name, doc'
const list = statement('component.list', `select ${columns} from component where realm_id = $1 order by provider_type, name, id`)
const find = statement('component.find', `select ${columns} from component where realm_id = $1 and id = $2`)
const insert = statement(
  'component.insert',
  'insert into component (id, realm_id, parent_id, provider_type, provider_id, name, doc) values ($1, $2, $3, $4, $5, $6, $7)',
)
const update = statement('component.update', 'update component set name = $3, doc = $4 where realm_id = $1 and id = $2')
const replace = statement(
  'component.replace',
  'update component set parent_id = $3, provider_type = $4, provider_id = $5, name = $6, doc = $7 where realm_id = $1 and id = $2',
)
const remove = statement('component.remove', 'delete from component where realm_id = $1 and (id = $2 or parent_id = $2)')

export const components = (sql: Sql) => ({
  list: (realmId: string) => sql.all<ComponentRow>(list, realmId),
  find: (realmId: string, id: string) => sql.one<ComponentRow>(find, realmId, id),
  insert: (realmId: string, c: NewComponent) => sql.run(insert, c.id, realmId, c.parentId, c.providerType, c.providerId, c.name, c.doc),
  update: (realmId: string, c: { id: string; name: string; doc: string }) => sql.run(update, realmId, c.id, c.name, c.doc),
  /** Everything but its id. */
  replace: (realmId: string, c: NewComponent) => sql.run(replace, realmId, c.id, c.parentId, c.providerType, c.providerId, c.name, c.doc),
  /** Those below it go along. */
  remove: (realmId: string, id: string) => sql.run(remove, realmId, id),
})
