import { PageError } from '../../http/errors.ts'
import type { Check } from './check.ts'

const secondsMax = 2_147_483_647

/** OpenID Connect Core section 3.1.2.1. The reference answers a max_age that is no number by a page, and takes a negative one. */
export const maxAge: Check = {
  name: 'max_age',
  run(request) {
    const text = request.get('max_age')
    if (text === undefined) return
    if (!/^[+-]?\d+$/.test(text) || Math.abs(Number(text)) > secondsMax)
      throw new PageError('invalidRequestMessage', 400, 'invalid_request')
  },
}
