import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import { alphanumeric, type Chance, drawRsaKey } from './chance.js'
import type { Clock } from './clock.js'
import type { KeyPurpose, KeyRow, NewKeyRow, Store } from './ports.js'

/** Parsed once a process: a pure function of the text. Bounded by the number of keys that one process ever sees. */
const parsed = new Map<string, KeyPair>()

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export function keyPair(pem: string): KeyPair {
  const known = parsed.get(pem)
  if (known) return known
  const privateKey = createPrivateKey(pem)
  const pair = { privateKey, publicKey: createPublicKey(privateKey) }
  parsed.set(pem, pair)
  return pair
}

/** Says why a text cannot be a realm's RSA key, or `null` when it can. */
export function whyNotRsa(pem: string): string | null {
  try {
    const { privateKey } = keyPair(pem)
    return privateKey.asymmetricKeyType === 'rsa' ? null : `an RSA private key, not ${privateKey.asymmetricKeyType}`
  } catch {
    return 'an RSA private key in PEM'
  }
}

export type Algorithm = 'RS256' | 'HS256'

/** At least one: the key that signs, and then those that have signed and are still accepted. */
export type Accepted = readonly [KeyObject, ...KeyObject[]]

/** The signing keys of one realm. */
export class Keys {
  readonly #store: Pick<Store, 'keys' | 'transaction'>
  readonly #vendor: string
  readonly #chance: Chance
  readonly #clock: Clock
  readonly #parsed: Map<string, KeyObject>

  /** `parsed` are the secrets that have been read before: as many as the realm has had. */
  constructor(
    store: Pick<Store, 'keys' | 'transaction'>,
    vendor: string,
    chance: Chance,
    clock: Clock,
    parsed = new Map<string, KeyObject>(),
  ) {
    this.#parsed = parsed
    this.#store = store
    this.#vendor = vendor
    this.#chance = chance
    this.#clock = clock
  }

  /** Installs a key from outside, a PEM private key or the text of a shared secret, in place of the one before. */
  install(material: string, published: boolean): void {
    this.#succeed({ purpose: 'signing', material, published }, this.#clock.now())
  }

  /** Keeps a published RSA key beside the one that signs: its successor, or one that is nobody's. */
  keep(purpose: 'next' | 'foreign', material: string): void {
    this.#store.keys.insert(this.#vendor, { purpose, material, published: true })
  }

  /** The keys that sign or are still accepted, newest first; a realm that was given no secret draws its first. */
  accepted(algorithm: Algorithm): readonly [KeyRow, ...KeyRow[]] {
    const now = this.#clock.now()
    const [current, ...older] = this.#rows('signing')
    if (current) return [current, ...older.filter(({ retiresAt }) => retiresAt !== null && retiresAt > now)]
    if (algorithm === 'RS256') {
      throw new Error(`the realm ${this.#vendor} has no key: its fixture must name a signingKey`)
    }
    this.#store.transaction(() => this.#store.keys.insert(this.#vendor, this.#drawSecret()))
    return this.accepted(algorithm)
  }

  /** The RSA pair that signs, or the one of that number. */
  pair(wanted?: number): KeyPair & { readonly number: number } {
    const { material, number } = this.#key('RS256', wanted)
    return { ...keyPair(material), number }
  }

  publicKeys(): Accepted {
    const [current, ...older] = this.accepted('RS256')
    return [keyPair(current.material).publicKey, ...older.map(({ material }) => keyPair(material).publicKey)]
  }

  /** The shared secret that signs, or the one of that number: 32 alphanumerics of the realm's chance unless installed. */
  secret(wanted?: number): { readonly secret: KeyObject; readonly number: number } {
    const { material, number } = this.#key('HS256', wanted)
    return { secret: this.#secretOf(material), number }
  }

  secrets(): Accepted {
    const [current, ...older] = this.accepted('HS256')
    return [this.#secretOf(current.material), ...older.map(({ material }) => this.#secretOf(material))]
  }

  /** An RSA pair that signs nobody's tokens. */
  foreignPair(): KeyPair {
    const [foreign] = this.#rows('foreign')
    if (!foreign) throw new Error(`the realm ${this.#vendor} was given no foreign key`)
    return keyPair(foreign.material)
  }

  /** Signs with a new key from now on; the one before is accepted for `graceMs` more. */
  async rotate(algorithm: Algorithm, graceMs: number): Promise<void> {
    if (algorithm === 'RS256' && this.#rows('next').length === 0) {
      const material = await drawRsaKey()
      this.#succeed({ purpose: 'signing', material, published: false }, this.#clock.now() + graceMs)
      return
    }
    this.#store.transaction(() => {
      this.accepted(algorithm)
      const [next] = this.#rows('next')
      this.#succeed(next ? { ...next, purpose: 'signing' } : this.#drawSecret(), this.#clock.now() + graceMs)
      this.#store.keys.remove(this.#vendor, 'next')
    })
  }

  #drawSecret(): NewKeyRow {
    return { purpose: 'signing', material: this.#chance.text('secret', 32, alphanumeric), published: true }
  }

  #succeed(key: NewKeyRow, retireAt: number): void {
    this.#store.transaction(() => {
      this.#store.keys.retire(this.#vendor, retireAt)
      this.#store.keys.insert(this.#vendor, key)
    })
  }

  #key(algorithm: Algorithm, wanted: number | undefined): KeyRow {
    const named = wanted === undefined ? undefined : this.#store.keys.numbered(this.#vendor, wanted)
    return named ?? this.accepted(algorithm)[0]
  }

  #rows(purpose: KeyPurpose): KeyRow[] {
    return this.#store.keys.all(this.#vendor, purpose)
  }

  #secretOf(material: string): KeyObject {
    const secret = this.#parsed.get(material) ?? createSecretKey(material, 'utf8')
    this.#parsed.set(material, secret)
    return secret
  }
}
