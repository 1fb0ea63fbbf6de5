import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Whether dist/ was made from what src/ holds now. An installed package has no src/.
 * @param {string} root
 */
export function isBundleCurrent(root) {
  const bundle = join(root, 'dist', 'cli.js')
  const sources = join(root, 'src')
  if (!existsSync(bundle)) return false
  return !existsSync(sources) || newestMs(sources) <= statSync(bundle).mtimeMs
}

/**
 * Folders count too: their time tells of files that were removed. Tests do not.
 * @param {string} folder
 * @returns {number} time of the last change, milliseconds since the epoch
 */
function newestMs(folder) {
  let newest = statSync(folder).mtimeMs
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) newest = Math.max(newest, newestMs(path))
    else if (!entry.name.endsWith('.test.ts')) newest = Math.max(newest, statSync(path).mtimeMs)
  }
  return newest
}
