/** A name to be replaced when it is used or shown, as the reference writes it: `${name}`. */
export const placeholder = (name: string): string => `\${${name}}`
