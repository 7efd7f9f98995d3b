import type { Static } from '@sinclair/typebox'
import type { KeyJwk, KeyShown, KeysShown } from '../control/keys.js'
import type { Plane } from './plane.js'

/** A key of a vendor: what signs with it, since when and until when it is accepted. */
export type Key = Static<typeof KeyShown>
/** A public key as a JSON Web Key (RFC 7517). */
export type Jwk = Static<typeof KeyJwk>

/** What signs the tokens of a world, for the vendors whose tokens are signed. */
export class WorldKeys {
  readonly #plane: Plane

  constructor(plane: Plane) {
    this.#plane = plane
  }

  /** Those that sign or are still accepted, the newest of each vendor first. */
  list(): Promise<Key[]> {
    return this.#plane.list('/keys')
  }

  /** The public keys as a JWK Set (RFC 7517). */
  async jwks(): Promise<{ keys: Jwk[] }> {
    const { keys } = await this.#plane.get<Static<typeof KeysShown>>('/keys')
    return { keys }
  }

  /**
   * Signs with a new key from now on; the old one is accepted for another `graceSeconds` (0) in the time of the world.
   * Answers the vendor's keys. Throws `unknown-vendor` and, where tokens are opaque, `no-key`.
   */
  async rotate(vendor: string, options: { readonly graceSeconds?: number } = {}): Promise<Key[]> {
    const { items } = await this.#plane.post<Static<typeof KeysShown>>('/keys/rotate', { vendor, ...options })
    return items
  }
}
