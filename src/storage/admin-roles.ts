import { type Sql, statement } from './sql.ts'

/** Looks from the roles of a container up to the user, so that its cost does not grow with the number of realms that an admin runs. */
const heldOf = statement(
  'admin.held-roles',
  `with recursive
   member (id, parent_id) as (
     select g.id, g.parent_id from user_group_member m join user_group g on g.id = m.group_id where m.user_id = $2
     union select p.id, p.parent_id from member m join user_group p on p.id = m.parent_id
   ),
   above (id, target_id) as (
     select id, id from role where container_id = $1
     union select c.parent_id, a.target_id from above a join role_composite c on c.child_id = a.id
   )
   select distinct r.id, r.name from above a join role r on r.id = a.target_id
   where exists (select 1 from user_role u where u.user_id = $2 and u.role_id = a.id)
      or exists (select 1 from member m join group_role g on g.group_id = m.id where g.role_id = a.id)`,
)

/** Every client role that the user has in whatever way, with its client; looks down from the user. */
const heldOfClients = statement(
  'admin.held-client-roles',
  `with recursive
   member (id, parent_id) as (
     select g.id, g.parent_id from user_group_member m join user_group g on g.id = m.group_id where m.user_id = $1
     union select p.id, p.parent_id from member m join user_group p on p.id = m.parent_id
   ),
   granted (id) as (
     select role_id from user_role where user_id = $1
     union select gr.role_id from member m join group_role gr on gr.group_id = m.id
     union select c.child_id from granted g join role_composite c on c.parent_id = g.id
   )
   select r.id, r.name, c.client_id from granted g join role r on r.id = g.id join client c on c.id = r.client_id`,
)

export const adminRoles = (sql: Sql) => ({
  /** Which roles of a container (a client's id, or the realm's id for realm roles) a user has in whatever way. */
  heldOf: (containerId: string, userId: string) => sql.all<{ id: string; name: string }>(heldOf, containerId, userId),
  heldOfClients: (userId: string) => sql.all<{ id: string; name: string; client_id: string }>(heldOfClients, userId),
})
