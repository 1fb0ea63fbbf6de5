import type { ProtocolMapper } from '../protocol-mapper.ts'
import { mergeWithKnown } from './claim-path.ts'
import { convertAll, converterOf } from './claim-value.ts'
import { claimWriter } from './claim-writer.ts'
import { claimName, everywhere, property, tokenMapper } from './properties.ts'

export const groupMembership: ProtocolMapper = {
  id: 'oidc-group-membership-mapper',
  label: 'Group Membership',
  help: 'Map user group membership',
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id', 'userinfo', 'introspection'],
  properties: [
    claimName,
    property('full.path', {
      label: 'Full group path',
      helpText: 'Include full path to group i.e. /top/level1/level2, false will just specify the group name',
      type: 'boolean',
      defaultValue: 'true',
    }),
    ...everywhere,
  ],
  compile(config, target) {
    const write = claimWriter(config, target, mergeWithKnown)
    if (write === undefined) return () => {}
    const convert = converterOf(config)
    const member = config['full.path'] === 'true' ? 'path' : 'name'
    return (claims, { user }) => {
      if (user.groups.length === 0) return
      const groups = user.groups.map((group) => group[member])
      write(claims, convertAll(groups, convert))
    }
  },
}
