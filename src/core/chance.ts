import { fork } from 'node:child_process'
import { hash, randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { digest } from './digest.js'
import type { CounterPort } from './ports.js'

/**
 * The only place that draws randomness. A stream is keyed by seed, world, vendor and purpose; its counter is kept in
 * the world's store, in the transaction of what was drawn, so neither a crash nor a restored snapshot repeats a draw.
 */
export class Chance {
  /** Of one length, so that what is drawn is told apart by what comes after it. */
  readonly #key: string
  readonly #vendor: string
  readonly #counters: CounterPort

  constructor(seed: number, world: string, vendor: string, counters: CounterPort) {
    this.#key = digest(JSON.stringify([seed, world, vendor]))
    this.#vendor = vendor
    this.#counters = counters
  }

  /** The next number of a count kept in the store: 1, 2, 3 … */
  next(purpose: string): number {
    return this.#counters.next(this.#vendor, purpose)
  }

  bytes(purpose: string, length: number): Buffer {
    const turn = this.next(purpose)
    const draw = (block: number) => hash('sha256', `${this.#key}\n${purpose}\n${turn}\n${block}`, 'buffer')
    if (length <= 32) return draw(0).subarray(0, length)
    return Buffer.concat(
      Array.from({ length: Math.ceil(length / 32) }, (_, block) => draw(block)),
      length,
    )
  }

  /** `length` characters of `alphabet` (at most 256 of them), each equally likely. */
  text(purpose: string, length: number, alphabet: string): string {
    const fair = 256 - (256 % alphabet.length)
    let text = ''
    while (text.length < length) {
      for (const byte of this.bytes(purpose, length * 2)) {
        if (byte < fair && text.length < length) text += alphabet[byte % alphabet.length]
      }
    }
    return text
  }

  /** From 0 on and below 1, each part of it equally likely. */
  fraction(purpose: string): number {
    return this.bytes(purpose, 6).readUIntBE(0, 6) / 2 ** 48
  }

  hex(purpose: string, bytes: number): string {
    return this.bytes(purpose, bytes).toString('hex')
  }

  /** A version 4 UUID, lower case. */
  uuid(purpose: string): string {
    const bytes = this.bytes(purpose, 16)
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
    const hex = bytes.toString('hex')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }
}

/** A seed for a server that was given none. */
export const drawSeed = (): number => randomInt(2 ** 31)

/** A secret of this process: never stored, never part of an answer. */
export const processSecret = (): Buffer => randomBytes(32)

export const lowerAlphanumeric = 'abcdefghijklmnopqrstuvwxyz0123456789'
export const upperAlphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
export const alphanumeric = `${upperAlphanumeric}abcdefghijklmnopqrstuvwxyz`

/** Tells one run of a server from the next. */
export const drawInstance = (): string => randomBytes(8).toString('hex')

/** The serial number of a certificate, in hexadecimal: positive, and longer than anybody could guess. */
export const drawSerial = (): string => `01${randomBytes(15).toString('hex')}`

/** Waits to be ended, so that nothing but a failure ends it before its answer has been read. */
const rsaKey = (bits: number) => `process.on('message', () => {})
const { privateKey } = require('node:crypto').generateKeyPairSync('rsa', { modulusLength: ${bits} })
process.send(privateKey.export({ type: 'pkcs8', format: 'pem' }))`

async function drawInProcess(bits: number): Promise<string> {
  const drawing = fork('', { execArgv: ['-e', rsaKey(bits)], stdio: 'ignore' })
  const [key] = await Promise.race([once(drawing, 'message'), once(drawing, 'exit')])
  drawing.kill()
  if (typeof key !== 'string') throw new Error('no RSA key could be drawn')
  return key
}

let last: Promise<unknown> = Promise.resolve()

/**
 * A new RSA private key in PEM. No seed decides it, and with 4096 bits it takes a second or two; in a process of its own,
 * since a thread at it can neither be stopped, so that the server could not end, nor sign tokens meanwhile. One at a time.
 */
export function drawRsaKey(bits: 2048 | 4096 = 4096): Promise<string> {
  const key = last.then(() => drawInProcess(bits))
  last = key.catch(() => undefined)
  return key
}
