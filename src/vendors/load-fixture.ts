import { promises, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { type Static, type TObject, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { whyNotRsa } from '../core/keys.js'
import { crowd, firstOf, meansCrowd, numberedSecret, sizedOf } from './crowd.js'
import {
  accountSchema,
  findExpectation,
  passwordFields,
  settingsFrom,
  type Vendor,
  type VendorTypes,
} from './vendor.js'

/** A fixture that cannot be used: which file, where in it, and what was expected there. */
export class FixtureError extends Error {
  override readonly name = 'FixtureError'

  constructor(
    /** Its path. */
    readonly file: string,
    /** JSON pointer; `''` is the file as a whole. */
    readonly pointer: string,
    /** In words. */
    readonly expected: string,
    /** A file that the fixture names and that is at fault. */
    readonly named?: string,
  ) {
    super(`${file}: at ${pointer === '' ? 'the top' : pointer}: expected ${expected}`)
  }
}

/** What every fixture has in common. */
const outline = Type.Object({
  $schema: Type.Optional(Type.String()),
  settings: Type.Optional(Type.Object({})),
  accounts: Type.Array(Type.Object(passwordFields)),
  signingKey: Type.Optional(Type.String()),
})

/** An account that a fixture describes, or a crowd of them. */
export interface FixtureAccount extends Static<typeof outline.properties.accounts.items> {
  /** JSON pointer of where it stands in the file. */
  readonly at: string
  /** Without what its password is; of a crowd, the template. */
  readonly entry: Readonly<Record<string, unknown>>
  /** How many accounts a crowd has; `null`: it is none. */
  readonly size: number | null
}

/** How many accounts there are in all, those of crowds included. */
export const countOf = (accounts: readonly Pick<FixtureAccount, 'size'>[]): number =>
  accounts.reduce((sum, { size }) => sum + (size ?? 1), 0)

/** The schema of a vendor's whole fixture file. */
export function fixtureSchema(vendor: Pick<Vendor, 'settings' | 'account' | 'facts' | 'signing'>): TObject {
  return Type.Object(
    {
      $schema: Type.Optional(Type.String({ description: 'schema of this file, for editors' })),
      ...vendor.facts.properties,
      settings: Type.Optional(Type.Partial(vendor.settings, { additionalProperties: false })),
      ...(vendor.signing && {
        signingKey:
          vendor.signing === 'RS256'
            ? Type.String({ minLength: 1, description: 'path of an RSA private key in PEM, seen from this file' })
            : Type.Optional(
                Type.String({ minLength: 1, description: 'path of a file that holds the secret, seen from this file' }),
              ),
      }),
      accounts: Type.Array(accountSchema(vendor)),
    },
    { additionalProperties: false },
  )
}

export interface Fixture {
  readonly vendor: Vendor
  readonly file: string
  readonly settings: VendorTypes['settings']
  readonly facts: Record<string, unknown>
  readonly accounts: readonly FixtureAccount[]
  readonly signingKey: string | undefined
  /** The file that it is in. */
  readonly keyFile: string | undefined
  /** Keys that ship for a vendor with RSA: the one that follows the shipped one, and one that is nobody's. */
  readonly kept?: { readonly next?: string; readonly foreign: string }
}

function readJson(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new FixtureError(file, '', 'a readable file')
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FixtureError(file, '', `JSON (${error instanceof Error ? error.message : error})`)
  }
}

function readKey(file: string, path: string, signing: 'RS256' | 'HS256') {
  const keyFile = resolve(dirname(file), path)
  const wrong = (expected: string) => new FixtureError(file, '/signingKey', expected, keyFile)
  let text: string
  try {
    text = readFileSync(keyFile, 'utf8')
  } catch {
    throw wrong(`the path of a readable file, not ${JSON.stringify(path)}`)
  }
  const complaint = signing === 'RS256' ? whyNotRsa(text) : text.trim() === '' ? 'a file with a secret' : null
  if (complaint) throw wrong(complaint)
  return { keyFile, signingKey: signing === 'RS256' ? text : text.trim() }
}

const noKey = { keyFile: undefined, signingKey: undefined }

/** The highest cost among the hashes of a fixture, if it has any. */
function dearest(accounts: Fixture['accounts']): { passwordCost?: number } {
  const costs = accounts.flatMap(({ passwordHash }) => (passwordHash ? Number(passwordHash.slice(4, 6)) : []))
  return costs.length === 0 ? {} : { passwordCost: Math.max(...costs) }
}

const listed = Type.Object({ accounts: Type.Array(Type.Unknown()) })

/**
 * The content with the first account of each crowd in its place, the accounts as they are written, and the JSON pointers of
 * what was checked of each. Throws `FixtureError` for what means to be a crowd and is none.
 */
function unfolded(content: unknown, file: string): { content: unknown; entries: readonly unknown[]; places: string[] } {
  const accounts = Value.Check(listed, content) ? content.accounts : []
  const places = accounts.map((entry, index) => {
    const own = `/accounts/${index}`
    if (!meansCrowd(entry)) return own
    const wrong = findExpectation(crowd, entry)
    if (wrong) throw new FixtureError(file, own + wrong.pointer, wrong.expected)
    const numbered = numberedSecret(entry)
    if (numbered) throw new FixtureError(file, `${own}/template/${numbered}`, 'no {n}: a crowd shares one password')
    return `${own}/template`
  })
  if (accounts.length === 0) return { content, entries: accounts, places }
  return { content: { ...Object(content), accounts: accounts.map(firstOf) }, entries: accounts, places }
}

function accountAt(at: string, written: unknown): FixtureAccount {
  const { one, size } = sizedOf(written)
  const { password, passwordHash, ...entry } = Object(one)
  return { at, entry, size, password, passwordHash }
}

/** Reads and checks one fixture file. Throws `FixtureError`. */
export function readFixture(vendor: Vendor, file: string): Fixture {
  const schema = fixtureSchema(vendor)
  const { content, entries, places } = unfolded(readJson(file), file)
  if (!Value.Check(schema, content) || !Value.Check(outline, content)) {
    const { pointer, expected } = findExpectation(schema, content) ?? { pointer: '', expected: 'another content' }
    const at = pointer.replace(/^\/accounts\/(\d+)/, (own, index) => places[index] ?? own)
    throw new FixtureError(file, at, expected)
  }
  const { $schema: _, settings, accounts: firsts, signingKey, ...facts } = content
  firsts.forEach(({ password, passwordHash }, index) => {
    if (password === undefined && passwordHash === undefined) {
      throw new FixtureError(file, places[index] ?? '', 'a password or a passwordHash')
    }
  })
  const accounts = entries.map((entry, index) => accountAt(places[index] ?? '', entry))
  return {
    vendor,
    file,
    facts,
    accounts,
    // Unless it is told otherwise, an unknown user takes as long as the dearest of the known ones.
    settings: settingsFrom(vendor, { ...dearest(accounts), ...settings }),
    ...(vendor.signing && signingKey ? readKey(file, signingKey, vendor.signing) : noKey),
  }
}

/**
 * The fixtures of all vendors: the shipped ones in `shipped`, replaced vendor by vendor by what lies at `own`, a
 * folder or a single `<vendor>.json`.
 */
export async function readFixtures(vendors: readonly Vendor[], shipped: string, own?: string): Promise<Fixture[]> {
  const replaced = own === undefined ? new Map<string, string>() : await ownFiles(vendors, own)
  const shippedKey = (name: string) => readFileSync(join(shipped, 'keys', `${name}.pem`), 'utf8')
  return vendors.map((vendor) => {
    const fixture = readFixture(vendor, replaced.get(vendor.name) ?? join(shipped, `${vendor.name}.json`))
    if (vendor.signing !== 'RS256') return fixture
    const foreign = shippedKey('foreign')
    const isShipped = fixture.signingKey === shippedKey('current')
    return { ...fixture, kept: { foreign, ...(isShipped && { next: shippedKey('next') }) } }
  })
}

/** The fixtures that lie at `own`, a folder or a single file, by the names of their vendors. Throws `FixtureError`. */
export async function ownFiles(vendors: readonly Vendor[], own: string): Promise<Map<string, string>> {
  const names = vendors.map(({ name }) => `${name}.json`)
  const exists = await promises.stat(own).catch(() => null)
  if (!exists) throw new FixtureError(own, '', 'a fixture file or a folder of them')
  const candidates = exists.isDirectory() ? names.map((name) => join(own, name)) : [own]
  if (!exists.isDirectory() && !names.includes(basename(own))) {
    throw new FixtureError(own, '', `a file named ${names.join(', ')}`)
  }
  const files = new Map<string, string>()
  for (const file of candidates) {
    if ((await promises.stat(file).catch(() => null))?.isFile()) files.set(basename(file, '.json'), file)
  }
  if (files.size === 0) throw new FixtureError(own, '', `a folder with one of ${names.join(', ')}`)
  return files
}
