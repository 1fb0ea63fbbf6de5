import { type FieldsOf, json, list, object, type Table, table, text } from './fields.ts'

export interface ErrorRepresentation {
  field?: string
  errorMessage?: string
  params?: unknown[]
  errors?: ErrorRepresentation[]
}

export const errorRepresentation: Table<FieldsOf<ErrorRepresentation>> = table('ErrorRepresentation', {
  field: text,
  errorMessage: text,
  params: list(json),
  errors: list(object(() => errorRepresentation)),
})
