import type { Static } from '@sinclair/typebox'
import type { MessageFilter, MessageShown } from '../control/outbox.js'
import type { Plane } from './plane.js'

/** A message that nobody mailed: whom it is for, and the code in it. */
export type Message = Static<typeof MessageShown>

/** Codes and reset tokens that a vendor would have mailed, and that here nobody mails. */
export class WorldOutbox {
  readonly #plane: Plane

  constructor(plane: Plane) {
    this.#plane = plane
  }

  /** Oldest first. Throws `unknown-vendor`, `unknown-account` and `ambiguous-account`. */
  list(filter: Static<typeof MessageFilter> = {}): Promise<Message[]> {
    return this.#plane.list('/outbox', filter)
  }

  /** Forgets the messages; the codes in them stay good. */
  clear(): Promise<void> {
    return this.#plane.command('DELETE', '/outbox')
  }
}
