import { hash, timingSafeEqual } from 'node:crypto'

/** SHA-256 of a text, as 64 lower-case hexadecimal digits. */
export const digest = (text: string): string => hash('sha256', text)

/** MD5 of a text, as 32 lower-case hexadecimal digits: for vendors that name things by it; it protects nothing. */
export const md5Hex = (text: string): string => hash('md5', text)

/** Whether two texts are the same, in a time that does not tell how far they agree. */
export const sameText = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(digest(one)), Buffer.from(digest(other)))
