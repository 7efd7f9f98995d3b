import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import { alphanumeric, type Chance } from './chance.js'
import type { KeyPort } from './ports.js'

/** Parsed once a process: a pure function of the text. Bounded by the number of keys that one process ever sees. */
const parsed = new Map<string, KeyPair>()

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

function keyPair(pem: string): KeyPair {
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

/** The signing key of one realm. */
export class Keys {
  readonly #rows: KeyPort
  readonly #vendor: string
  readonly #chance: Chance
  #parsed: { readonly material: string; readonly secret: KeyObject } | undefined

  constructor(rows: KeyPort, vendor: string, chance: Chance) {
    this.#rows = rows
    this.#vendor = vendor
    this.#chance = chance
  }

  /** Installs a key from outside: a PEM private key, or the text of a shared secret. */
  install(material: string, published: boolean): void {
    this.#rows.insert(this.#vendor, { material, published })
  }

  /** The RSA pair installed when the realm was seeded. */
  pair(): KeyPair {
    const row = this.#rows.current(this.#vendor)
    if (!row) throw new Error(`the realm ${this.#vendor} has no key: its fixture must name a signingKey`)
    return keyPair(row.material)
  }

  /** The shared secret of an HS256 realm: 32 alphanumerics of its own chance unless one was installed. */
  secret(): KeyObject {
    let row = this.#rows.current(this.#vendor)
    if (!row) {
      row = { material: this.#chance.text('secret', 32, alphanumeric), published: true }
      this.#rows.insert(this.#vendor, row)
    }
    const { material } = row
    if (this.#parsed?.material !== material) {
      this.#parsed = { material, secret: createSecretKey(material, 'utf8') }
    }
    return this.#parsed.secret
  }
}
