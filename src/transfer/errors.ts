/** A realm file or body that cannot become a realm. `status` and `message` are what the reference's Admin API answers. */
export class ImportError extends Error {
  readonly status: 400 | 409 | 412
  /** Which member of the JSON answer carries the message. */
  readonly shape: 'error' | 'errorMessage'
  constructor(status: 400 | 409 | 412, message: string, shape: 'error' | 'errorMessage' = 'errorMessage') {
    super(message)
    this.name = 'ImportError'
    this.status = status
    this.shape = shape
  }
}

/** Two things of a realm that must differ in name or id do not, or an id belongs to another realm. */
export const duplicateResource = (): ImportError => new ImportError(409, 'Duplicate resource error')
