import type { KeyProvider } from './provider.ts'
import { aesGenerated } from './providers/aes-generated.ts'
import { ecdhGenerated } from './providers/ecdh-generated.ts'
import { ecdsaGenerated } from './providers/ecdsa-generated.ts'
import { eddsaGenerated } from './providers/eddsa-generated.ts'
import { hmacGenerated } from './providers/hmac-generated.ts'
import { javaKeystore } from './providers/java-keystore.ts'
import { rsa } from './providers/rsa.ts'
import { rsaEnc } from './providers/rsa-enc.ts'
import { rsaEncGenerated } from './providers/rsa-enc-generated.ts'
import { rsaGenerated } from './providers/rsa-generated.ts'

/** Every key provider type, in the order of the reference server's server info. A new one is a file in `providers/` and a line here. */
export const keyProviders: readonly KeyProvider[] = Object.freeze([
  aesGenerated,
  ecdhGenerated,
  ecdsaGenerated,
  eddsaGenerated,
  hmacGenerated,
  javaKeystore,
  rsa,
  rsaEnc,
  rsaEncGenerated,
  rsaGenerated,
])

export const findKeyProvider = (id: string): KeyProvider | undefined => keyProviders.find((provider) => provider.id === id)
