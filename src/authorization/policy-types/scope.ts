import type { PolicyType } from '../policy-type.ts'
import { resource } from './resource.ts'

/** A permission on scopes, of some resources or of all. */
export const scope: PolicyType = { ...resource, id: 'scope', name: 'Scope-Based' }
