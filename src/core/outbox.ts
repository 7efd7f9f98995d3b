import type { Chance } from './chance.js'
import type { Clock } from './clock.js'
import type { MessagePort, MessageRow } from './ports.js'

export type Message = MessageRow

/** What a vendor would have mailed to its users: codes and tokens, which here nobody mails. */
export class Outbox {
  readonly #rows: MessagePort
  readonly #vendor: string
  readonly #chance: Chance
  readonly #clock: Clock

  constructor(rows: MessagePort, vendor: string, chance: Chance, clock: Clock) {
    this.#rows = rows
    this.#vendor = vendor
    this.#chance = chance
    this.#clock = clock
  }

  send(message: Omit<Message, 'id' | 'at'>): Message {
    const sent = { ...message, id: this.#chance.hex('message', 12), at: this.#clock.now() }
    this.#rows.insert(this.#vendor, sent)
    return sent
  }

  /** Oldest first; those of one account, where it is named. */
  all(account?: string): Message[] {
    return this.#rows.all(this.#vendor, account)
  }

  /** Forgets the messages. The codes in them are good for as long as they were. */
  clear(): void {
    this.#rows.clear(this.#vendor)
  }
}
