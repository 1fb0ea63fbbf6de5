import type { ProtocolMapper } from '../protocol-mapper.ts'
import { addRole, parseRole, removeRole } from './named-role.ts'
import { property, tokenMapper } from './properties.ts'

export const roleName: ProtocolMapper = {
  id: 'oidc-role-name-mapper',
  label: 'Role Name Mapper',
  help: 'Map an assigned role to a new name or position in the token.',
  category: tokenMapper,
  priority: 10,
  targets: [],
  always: true,
  properties: [
    property('role', {
      label: 'Role',
      helpText:
        "Role name you want changed.  Click 'Select Role' button to browse roles, or just type it in the textbox.  To reference a client role the syntax is clientname.clientrole, i.e. myclient.myrole",
      type: 'Role',
    }),
    property('new.role.name', {
      label: 'New Role Name',
      helpText:
        "The new role name.  The new name format corresponds to where in the access token the role will be mapped to.  So, a new name of 'myapp.newname' will map the role to that position in the access token.  A new name of 'newname' will map the role to the realm roles in the token.",
      type: 'String',
    }),
  ],
  compile(config) {
    const from = parseRole(config['role'])
    const to = parseRole(config['new.role.name'])
    if (from === undefined || to === undefined) return () => {}
    return (_claims, { roles }) => {
      if (removeRole(roles, from)) addRole(roles, to)
    }
  },
}
