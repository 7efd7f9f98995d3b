import type { Clock } from './clock.js'
import type { WindowPort } from './ports.js'
import { Refusal } from './refusal.js'

export interface LockoutPolicy {
  /** The failure with this number still gets its ordinary answer and starts the block. */
  readonly failures: number
  readonly blockSeconds: number
}

/** Failed logins of an address within one realm. */
export class Lockout {
  readonly #windows: WindowPort
  readonly #vendor: string
  readonly #clock: Clock

  constructor(windows: WindowPort, vendor: string, clock: Clock) {
    this.#windows = windows
    this.#vendor = vendor
    this.#clock = clock
  }

  /**
   * What `login` answers, counted: a refusal as a failure of the address, anything else as its success. The block is
   * asked for once more afterwards, because others of the address may have failed while a password was compared.
   * Throws what `login` throws, or `account-locked`.
   */
  async guard<T>(address: string, policy: LockoutPolicy, login: () => Promise<T>): Promise<T> {
    this.assertOpen(address)
    const [outcome] = await Promise.allSettled([login()])
    this.assertOpen(address)
    if (outcome.status === 'fulfilled') {
      this.succeeded(address)
      return outcome.value
    }
    if (outcome.reason instanceof Refusal) this.failed(address, policy)
    throw outcome.reason
  }

  /** Throws `account-locked` while the address is blocked. */
  assertOpen(address: string): void {
    const until = this.#windows.get(this.#vendor, 'lockout', address)?.endsAt ?? null
    if (until !== null && this.#clock.now() < until) throw new Refusal('account-locked', { address, until })
  }

  failed(address: string, policy: LockoutPolicy): void {
    const now = this.#clock.now()
    const before = this.#windows.get(this.#vendor, 'lockout', address)
    const over = before !== undefined && before.endsAt !== null && before.endsAt <= now
    const count = (over ? 0 : (before?.count ?? 0)) + 1
    const endsAt = count >= policy.failures ? now + policy.blockSeconds * 1000 : null
    this.#windows.put(this.#vendor, 'lockout', address, { count, endsAt })
  }

  succeeded(address: string): void {
    this.#windows.remove(this.#vendor, 'lockout', address)
  }
}
