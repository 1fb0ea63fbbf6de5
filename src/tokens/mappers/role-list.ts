import { convertAll, converterOf } from './claim-value.ts'
import { textHashOrder } from './hash-order.ts'

/** Makes the value of a role claim: every role, or a single one where the claim is not multivalued; undefined without roles. */
export function roleList(config: Readonly<Record<string, string>>, prefix = ''): (names: ReadonlySet<string>) => unknown {
  const convert = converterOf(config)
  const prefixed = (names: ReadonlySet<string>): string[] => (prefix === '' ? [...names] : Array.from(names, (name) => prefix + name))
  if (config['multivalued'] === 'true') {
    return (names) => (names.size === 0 ? undefined : convertAll(prefixed(names), convert))
  }
  return (names) => {
    const [first] = textHashOrder(prefixed(names))
    return first === undefined ? undefined : convert(first)
  }
}
