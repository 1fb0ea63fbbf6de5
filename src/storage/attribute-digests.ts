import { createHash } from 'node:crypto'

/** What an attribute and one of its values are found by: an index over the values themselves could not hold long ones. */
export const attributeDigest = (name: string, value: string): string =>
  createHash('sha256')
    .update(JSON.stringify([name, value]))
    .digest('base64url')

/** The digests of all values, each once. */
export const attributeDigests = (attributes: Readonly<Record<string, readonly string[]>>): readonly string[] => [
  ...new Set(Object.entries(attributes).flatMap(([name, values]) => values.map((value) => attributeDigest(name, value)))),
]
