import type { ProtocolMapper } from '../protocol-mapper.ts'
import { addRole, parseRole } from './named-role.ts'
import { property, tokenMapper } from './properties.ts'

/** The role is added whether or not there is one of that name, and whatever the client's scope is (reference behaviour). */
export const hardcodedRole: ProtocolMapper = {
  id: 'oidc-hardcoded-role-mapper',
  label: 'Hardcoded Role',
  help: 'Hardcode a role into the access token.',
  category: tokenMapper,
  priority: 20,
  targets: [],
  always: true,
  properties: [
    property('role', {
      label: 'Role',
      helpText:
        "Role you want added to the token.  Click 'Select Role' button to browse roles, or just type it in the textbox.  To reference a client role the syntax is clientname.clientrole, i.e. myclient.myrole",
      type: 'Role',
    }),
  ],
  compile(config) {
    const role = parseRole(config['role'])
    return role ? (_claims, { roles }) => addRole(roles, role) : () => {}
  },
}
