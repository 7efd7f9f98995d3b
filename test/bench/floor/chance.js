/** Ids and tokens that a counter of the store and a key decide, so that the same requests draw the same. */
import { hash } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz'
const fair = 256 - (256 % alphabet.length)

/** @param {{ next: (vendor: string, purpose: string) => number }} store @param {string} vendor */
export function chanceOf(store, vendor) {
  const key = `floor ${vendor}`
  const draw = (purpose, turn, block) => hash('sha256', `${key}\n${purpose}\n${turn}\n${block}`, 'buffer')
  return {
    hex: (purpose, bytes) => {
      const turn = store.next(vendor, purpose)
      let hex = draw(purpose, turn, 0).toString('hex')
      for (let block = 1; hex.length < bytes * 2; block++) hex += draw(purpose, turn, block).toString('hex')
      return hex.slice(0, bytes * 2)
    },
    uuid: (purpose) => {
      const bytes = draw(purpose, store.next(vendor, purpose), 0)
      bytes[6] = (bytes[6] & 0x0f) | 0x40
      bytes[8] = (bytes[8] & 0x3f) | 0x80
      const hex = bytes.toString('hex')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
    },
    text: (purpose, length) => {
      let text = ''
      while (text.length < length) {
        for (const byte of draw(purpose, store.next(vendor, purpose), 0)) {
          if (byte < fair && text.length < length) text += alphabet[byte % alphabet.length]
        }
      }
      return text
    },
  }
}
