export function sha256(bytes: Uint8Array): ArrayBuffer
export function supplyCrypto(): void
