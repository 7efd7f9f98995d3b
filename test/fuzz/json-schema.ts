import fc from 'fast-check'

/** As much of JSON Schema as our documents use of it in requests. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null'
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
}

const instantPattern = /^\^\\d\{4\}-\\d\{2\}-\\d\{2\}T/

/** Texts that match a pattern and its lengths; one with assertions, which fast-check cannot read, by what remains of it. */
function matching({ pattern = '', minLength = 0, maxLength }: Schema): fc.Arbitrary<string> {
  // The pattern lets days be that no calendar has.
  if (instantPattern.test(pattern)) {
    const range = { min: new Date(0), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true }
    return fc.date(range).map((date) => date.toISOString())
  }
  const whole = new RegExp(pattern)
  const bare = new RegExp(pattern.replace(/\(\?<?[!=][^)]*\)/g, ''))
  return fc
    .stringMatching(bare)
    .filter((text) => whole.test(text) && text.length >= minLength && text.length <= (maxLength ?? text.length))
}

const text = ({ minLength = 0, maxLength }: Schema): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...'abcXYZ019 @.-_\'"\\/<é😀') },
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    minLength,
    ...(maxLength !== undefined && { maxLength: Math.min(maxLength, minLength + 20) }),
  })

/** Values that a schema allows. Members that it does not require come and go. */
export function valid(schema: Schema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(valid))
  switch (schema.type) {
    case 'object': {
      const { properties = {}, required = [] } = schema
      const model = Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, valid(member)]))
      const requiredKeys = required.filter((name) => name in properties)
      return fc.record(model, { requiredKeys, noNullPrototype: true })
    }
    case 'array':
      return fc.array(valid(schema.items ?? {}), { maxLength: 3 })
    case 'string':
      return schema.pattern === undefined ? text(schema) : matching(schema)
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -(2 ** 31), max: schema.maximum ?? 2 ** 31 - 1 })
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

type Members = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Anything of any type, or too much of it. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1e300, 2 ** 53 + 2, '', [], {}, [[]], '\0', '\ud800', 'x'.repeat(5000)),
  fc.jsonValue(),
)

/** What can be broken in an object: a member dropped, replaced, or put in beside the others. */
const breakage = fc.oneof(
  fc.record({ kind: fc.constant('dropped' as const), at: fc.nat(20) }),
  fc.record({ kind: fc.constant('replaced' as const), at: fc.nat(20), by: odd }),
  fc.record({
    kind: fc.constant('added' as const),
    name: fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'extra', ''), fc.string()),
    by: odd,
  }),
)
export type Breakage = typeof breakage extends fc.Arbitrary<infer T> ? T : never

/** `value` with one thing broken in it, one object down where `value` is but an object around another. */
function broken(value: unknown, how: Breakage): unknown {
  if (!isObject(value)) return 'by' in how ? how.by : undefined
  const entries = Object.entries(value)
  if (entries.length === 1 && isObject(entries[0]?.[1])) {
    return Object.fromEntries(entries.map(([name, inner]) => [name, broken(inner, how)]))
  }
  if (how.kind === 'added') return Object.fromEntries([...entries, [how.name, how.by]])
  const at = how.at % Math.max(entries.length, 1)
  if (how.kind === 'dropped') return Object.fromEntries(entries.filter((_, index) => index !== at))
  return Object.fromEntries(entries.map(([name, inner], index) => [name, index === at ? how.by : inner]))
}

export const breaking = { breakage, broken, odd }
