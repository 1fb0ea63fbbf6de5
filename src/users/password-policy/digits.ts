import { atLeast } from './policy.ts'

/** Digits of every script count. */
export const digits = atLeast('digits', 'Digits', 'invalidPasswordMinDigitsMessage', /\p{Nd}/gu)
