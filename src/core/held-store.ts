import type { Store } from './ports.js'

/**
 * The store of a world for as long as the world has it, and for as long afterwards as somebody works with it. Then it is
 * closed, not left to the garbage collector, which knows nothing of the memory of a database and would come too late.
 */
export class HeldStore {
  #holders = 0
  #isGivenUp = false

  constructor(readonly store: Store) {}

  /** The store stays open at least until the function that this returns is called. */
  hold(): () => void {
    this.#holders += 1
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#holders -= 1
      this.#settle()
    }
  }

  /** The world needs it no more. */
  giveUp(): void {
    this.#isGivenUp = true
    this.#settle()
  }

  #settle(): void {
    if (this.#isGivenUp && this.#holders === 0) this.store.close()
  }
}
