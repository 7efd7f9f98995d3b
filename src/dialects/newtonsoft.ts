import { iso, parseInstant } from '../core/clock.js'

/** A `DateTime` in UTC as Newtonsoft.Json writes it, and the form that `bind` brings a readable one into. */
export const dateTimePattern = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,7})?Z$'

/** `FFFFFFF`: the fraction of a second goes without its trailing zeros, and altogether where it is zero. */
export const dateTime = (ms: number): string => iso(ms).replace(/\.?0+Z$/, 'Z')

/** As much of a JSON schema as binding looks at. */
export interface Shape {
  readonly type?: unknown
  readonly pattern?: unknown
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
}

export const acceptsNull = ({ type, anyOf = [] }: Shape): boolean => type === 'null' || anyOf.some(acceptsNull)

/** Members match in any letter case; unknown ones are dropped, and null ones, which leave a member as it was. */
function members(value: object, properties: Readonly<Record<string, Shape>>) {
  const known = new Map(Object.entries(properties).map(([name, shape]) => [name.toLowerCase(), { name, shape }]))
  const bound = new Map<string, unknown>()
  for (const [given, member] of Object.entries(value)) {
    const target = known.get(given.toLowerCase())
    if (!target) continue
    if (member === null) bound.delete(target.name)
    else bound.set(target.name, bind(member, target.shape))
  }
  return Object.fromEntries(bound)
}

function text(value: unknown, isDate: boolean): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (!isDate || typeof value !== 'string') return value
  const ms = parseInstant(value)
  // Nothing that the pattern lets pass: the 30th of February would.
  return ms === null ? '' : dateTime(ms)
}

function integer(value: unknown): unknown {
  return typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value) ? Number(value) : value
}

function boolean(value: unknown): unknown {
  if (typeof value === 'number') return value !== 0
  return typeof value === 'string' && /^\s*(true|false)\s*$/i.test(value)
    ? value.trim().toLowerCase() === 'true'
    : value
}

/**
 * A JSON value as Newtonsoft.Json reads it into a class: a number is good enough for a string, `"5"` for an integer,
 * `"true"` for a boolean (https://www.newtonsoft.com/json/help/html/SerializationGuide.htm). What cannot be read is
 * left as something for the schema to refuse.
 */
export function bind(value: unknown, shape: Shape): unknown {
  const { type, pattern, properties = {}, items = {} } = shape.anyOf?.find((one) => one.type !== 'null') ?? shape
  if (value === null) return value
  if (type === 'object') return typeof value === 'object' && !Array.isArray(value) ? members(value, properties) : value
  if (type === 'array') return Array.isArray(value) ? value.map((item) => bind(item, items)) : value
  if (type === 'string') return text(value, pattern === dateTimePattern)
  if (type === 'integer') return integer(value)
  return type === 'boolean' ? boolean(value) : value
}

export interface Writing {
  readonly indent: boolean
  /** `DefaultValueHandling.Ignore`: members that are null, 0 or false are left out. */
  readonly ignoreDefaultValues: boolean
}

function withoutDefaults(this: unknown, _name: string, value: unknown): unknown {
  const isDefault = value === null || value === 0 || value === false
  return isDefault && !Array.isArray(this) ? undefined : value
}

/** A value as Newtonsoft.Json writes it: JSON, with U+0085, U+2028 and U+2029 escaped. */
export function write(value: unknown, { indent, ignoreDefaultValues }: Writing): string {
  const json = JSON.stringify(value, ignoreDefaultValues ? withoutDefaults : undefined, indent ? 2 : undefined)
  return json.replace(/[\u0085\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
