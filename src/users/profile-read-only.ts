import type { ProfileRole } from './profile-config.ts'

/** Attributes that say what a server knows of a user, not what somebody may write: whatever the realm's profile allows. */
const forAll: readonly string[] = [
  'kerberos_principal',
  'ldap_id',
  'ldap_entry_dn',
  'created_timestamp',
  'createtimestamp',
  'modifytimestamp',
]
/** Says why a user is switched off; administrators see it whether the profile names it or not (reference behaviour). */
export const lockReason = 'disabledReason'

const forUsers: readonly string[] = [...forAll, 'usercertificate', 'enabled', 'email_verified', 'disabledreason', 'kc.email.pending']
const prefixForUsers = 'saml.persistent.name.id.for.'

/** Names count in whatever letter case (reference behaviour). */
export function isReadOnlyForAll(name: string, role: ProfileRole): boolean {
  const lower = name.toLowerCase()
  return role === 'admin' ? forAll.includes(lower) : forUsers.includes(lower) || lower.startsWith(prefixForUsers)
}
