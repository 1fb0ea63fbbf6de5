const dark = window.matchMedia('(prefers-color-scheme: dark)')
const follow = ({ matches }) => document.documentElement.classList.toggle('pf-v5-theme-dark', matches)

/** Follows what the person has set in the system. */
export function followColorScheme() {
  follow(dark)
  dark.addEventListener('change', follow)
}
