import type { Static } from '@sinclair/typebox'
import type { Inspected } from '../control/inspect.js'
import type { NewToken } from '../control/mint.js'
import type { TokenNamed } from '../control/token-named.js'
import type { TokenFilter, TokenMinted, TokenShown } from '../control/tokens.js'
import type { Plane } from './plane.js'

/** A token that was made to order: its text, and the headers that a client would send it in. */
export type MintedToken = Static<typeof TokenMinted>
/** A token as the world remembers it: whose, its times and its state; never its text. */
export type Token = Static<typeof TokenShown>
/** What a token says, and what becomes of it at each operation. */
export type InspectedToken = Static<typeof Inspected>

/** The tokens of a world: made to order, listed and ended. */
export class WorldTokens {
  readonly #plane: Plane

  constructor(plane: Plane) {
    this.#plane = plane
  }

  /**
   * Makes a token as a login would, for an account named by its id or any login name; or one with a `defect`. `present`
   * of the answer are the headers that a client would send it in. Throws `unknown-vendor`, `unknown-account`,
   * `ambiguous-account`, `impossible-defect`, `token-exists`, `invalid-input`, `invalid-instant` and `invalid-duration`.
   */
  mint(order: NewToken): Promise<MintedToken> {
    return this.#plane.post('/tokens', order)
  }

  /** Oldest first, and never their texts. Throws `unknown-vendor`, `unknown-account` and `ambiguous-account`. */
  list(filter: Omit<Static<typeof TokenFilter>, 'limit' | 'cursor'> = {}): Promise<Token[]> {
    return this.#plane.list('/tokens', filter)
  }

  /**
   * Ends a token, named by its text or its id, and with it those that were issued together. Throws `unknown-token` and
   * `ambiguous-token`.
   */
  revoke(token: Static<typeof TokenNamed>): Promise<Token> {
    return this.#plane.post('/tokens/revoke', token)
  }

  /**
   * Whose a token is, what it says, and what each operation would answer to it and why; the text may be nobody's. Throws
   * `unknown-token`, for an id only, and `ambiguous-token`.
   */
  inspect(token: Static<typeof TokenNamed>): Promise<InspectedToken> {
    return this.#plane.post('/tokens/inspect', token)
  }
}
