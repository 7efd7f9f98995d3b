import { type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

/** Accounts that differ by a number alone and share one password, as a fixture writes them. */
export const crowdSchema = <T extends TSchema>(template: T) =>
  Type.Object(
    {
      generate: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'how many accounts' }),
      template,
    },
    {
      additionalProperties: false,
      description:
        'a crowd of accounts that share one password: in the texts of the template `{n}` is the number, from 1',
    },
  )

/** What every vendor's crowds have in common. */
export const crowd = crowdSchema(Type.Object({}))

/** What of an entry makes it one for a crowd, whatever else is wrong with it. */
export const meansCrowd = (entry: unknown): boolean =>
  typeof entry === 'object' && entry !== null && ('generate' in entry || 'template' in entry)

const secrets = Type.Object({ password: Type.Optional(Type.Unknown()), passwordHash: Type.Optional(Type.Unknown()) })

/** Which member of a crowd's template would give each account a password of its own, if any. */
export function numberedSecret(entry: unknown): string | undefined {
  if (!Value.Check(crowd, entry) || !Value.Check(secrets, entry.template)) return undefined
  return Object.entries(entry.template).find(
    ([name, value]) => name in secrets.properties && /\{n\}/.test(`${value}`),
  )?.[0]
}

/** Account number `n` of a crowd. JSON has `{n}` in its texts only. */
const member = (json: string, n: number) => JSON.parse(json.replaceAll('{n}', String(n)))

/** The first of the accounts that an entry stands for, which is itself where it is no crowd, and says all of their form. */
export const firstOf = (entry: unknown): unknown =>
  Value.Check(crowd, entry) ? member(JSON.stringify(entry.template), 1) : entry

/** An entry as what it says of each account, and how many of them there are where it is a crowd. */
export const sizedOf = (entry: unknown): { readonly one: unknown; readonly size: number | null } =>
  Value.Check(crowd, entry) ? { one: entry.template, size: entry.generate } : { one: entry, size: null }

/** What each account of a crowd of `size` is by its template, in turn, the same objects in all; `null`: the entry itself. */
export function* membersOf<T extends object>(entry: T, size: number | null): Iterable<T> {
  if (size === null) yield entry
  else {
    const different = Object.entries(entry).filter(([, value]) => JSON.stringify(value).includes('{n}'))
    const json = JSON.stringify(Object.fromEntries(different))
    for (let n = 1; n <= size; n++) yield { ...entry, ...member(json, n) }
  }
}
