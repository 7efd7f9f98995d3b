import { readFileSync } from 'node:fs'
import type { Schema } from './json-schema.js'

export interface Parameter {
  readonly in: 'query' | 'path' | 'header' | 'cookie'
  readonly name: string
  readonly required?: boolean
  readonly schema: Schema
}

/** An operation as an OpenAPI document of ours describes it. */
export interface Described {
  readonly id: string
  /** Upper case. */
  readonly method: string
  /** With `{parameters}`. */
  readonly path: string
  readonly parameters: readonly Parameter[]
  /** Media types of its body; none, where it reads none. */
  readonly mediaTypes: readonly string[]
  readonly body: Schema | undefined
  /** Whether it asks for a credential. */
  readonly isProtected: boolean
}

interface Written {
  readonly operationId: string
  readonly parameters?: Parameter[]
  readonly requestBody?: { content: Record<string, { schema: Schema }> }
  readonly security?: object[]
}

/** The operations of `openapi/<name>.json`. */
export function operationsOf(name: string): Described[] {
  const { paths }: { paths: Record<string, Record<string, Written>> } = JSON.parse(
    readFileSync(`openapi/${name}.json`, 'utf8'),
  )
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId: id, parameters = [], requestBody, security = [] }]) => {
      const content = requestBody?.content ?? {}
      return {
        id,
        method: method.toUpperCase(),
        path,
        parameters,
        mediaTypes: Object.keys(content),
        body: Object.values(content)[0]?.schema,
        isProtected: security.length > 0,
      }
    }),
  )
}

/** Every name that a schema gives to a member, however deep. */
export function membersOf(schema: Schema | undefined): string[] {
  if (!schema) return []
  const { properties = {}, anyOf = [], items } = schema
  const parts = [...Object.values(properties), ...anyOf, ...(items ? [items] : [])]
  return [...Object.keys(properties), ...parts.flatMap(membersOf)]
}
