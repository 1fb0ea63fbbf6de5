/** One purposeful difference from the reference. */
export interface Difference {
  /** Method and path as in operations.json, or what it is about. */
  readonly where: string
  readonly what: string
}

const realm = '/admin/realms/:realm'

/** Where the Admin API answers otherwise than the reference, and why. A line here is printed in docs/compatibility.md. */
export const differences: readonly Difference[] = [
  {
    where: 'Errors',
    what: 'Where the reference answers 500 to a body that makes no sense (empty, of another type, naming what does not exist), the answer is 400 or 404.',
  },
  {
    where: `PUT ${realm}/components/:id`,
    what: 'A body without providerId or providerType changes the component and answers 204; the reference changes it and answers 500. A provider that does not exist is refused with 400; the reference stores it, and can not read the component any more.',
  },
  {
    where: `PUT ${realm}/components/:id`,
    what: 'Only the settings of a user profile component that are JSON are taken; which JSON is a profile is checked by PUT users/profile.',
  },
  {
    where: `POST ${realm}/components`,
    what: 'LDAP and Kerberos providers and their mappers are stored, checked and exported; nobody is looked up by them yet.',
  },
  {
    where: `POST ${realm}/user-storage/:id/sync`,
    what: 'Answers 501 for a provider that is stored: no server is asked for people yet.',
  },
  {
    where: `PUT ${realm}`,
    what: 'The admin event holds the settings that were sent without keys and without sections that have secrets of their own.',
  },
  {
    where: `PUT ${realm}`,
    what: 'adminPermissionsEnabled is stored and shown; there are no fine-grained permissions of administrators, and no client admin-permissions.',
  },
  {
    where: `PUT ${realm}/ui-ext`,
    what: 'The user profile is changed before the settings, and its admin event names users/profile where that of the reference names ui-ext.',
  },
  {
    where: `GET ${realm}/ui-ext/effective-roles/roles/:id`,
    what: 'Answers with the effective client roles of the role that is asked for; the reference answers with those of the default role, whatever the id.',
  },
  {
    where: `GET ${realm}/ui-ext/available-roles/roles/:id`,
    what: 'An unknown role is 404; the reference lists all client roles.',
  },
  {
    where: `POST ${realm}/clear-user-cache`,
    what: 'Clears what is kept in memory of the realm: there are no other caches that could be stale.',
  },
  {
    where: 'GET /admin/serverinfo',
    what: 'The feature WORKFLOWS is told to be off, so that the console offers no page for it: there are no workflows.',
  },
  {
    where: 'GET /admin/serverinfo',
    what: 'The members about Java tell of the Node.js that runs here. Providers and features that exist in the reference alone are listed all the same: the console asks for their forms.',
  },
  {
    where: `PUT ${realm}/users/:user-id/reset-password`,
    what: 'Nobody gets into the account of an administrator with greater rights: 403 to setting his password or e-mail address, taking a credential away, linking an account to his, and logging in as him. The reference lets everybody do it who manages users, or may impersonate.',
  },
  {
    where: `POST ${realm}/users`,
    what: 'Groups that give rights which the caller does not have himself are refused with 403, as they are by PUT users/{id}/groups/{group}; the reference lets the new user join them.',
  },
  {
    where: `POST ${realm}/identity-provider/instances/:alias/mappers`,
    what: 'A mapper to a role or group that gives rights which the caller does not have himself is refused with 403; the reference stores it.',
  },
  {
    where: 'Patterns',
    what: 'A regular expression of a realm that takes more than 100 ms matches nothing, and stops the decision where a policy asks for it.',
  },
  {
    where: 'Tokens',
    what: 'Protocol mappers write neither sid, nor azp into the access token of a service account, and a made-up sub makes nobody else of it for the Admin API: whoever manages clients could take the rights of any administrator.',
  },
  {
    where: 'Lists',
    what: 'A negative max gives at most 10,000 rows at once where the reference gives everything.',
  },
  {
    where: `PUT ${realm}/clients/:client-uuid`,
    what: 'A body that leaves out authorizationServicesEnabled keeps the authorization services; the reference removes them with all resources and policies. When a PUT switches them, its own admin event is kept beside theirs.',
  },
  {
    where: `POST ${realm}/partialImport`,
    what: 'Roles and groups that give rights which the caller does not have himself are refused with 403.',
  },
  {
    where: 'Rights',
    what: 'Composites, memberships of groups, moves of groups and default groups that lead to admin rights beyond the caller are refused with 403, as role mappings are; the reference looks at the mapped role alone.',
  },
  {
    where: 'Searches',
    what: '% and _ in a searched text stand for themselves; in the reference they are patterns of its database.',
  },
]
