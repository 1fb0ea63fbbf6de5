/**
 * A picture that a camera reads, as an address that stands in an `img`: SVG, so that it is sharp in every size.
 *
 * @param text at most some 2,000 bytes
 */
export async function qrCodeUrl(text: string): Promise<string> {
  // Loaded when somebody sets up an authenticator application: most requests never do.
  const { default: encodeQr } = await import('qr')
  return `data:image/svg+xml;base64,${Buffer.from(encodeQr(text, 'svg')).toString('base64')}`
}
