import type { IncomingHttpHeaders } from 'node:http'

/**
 * What follows `Bearer ` in the header, be it a token or not; nothing is no credential. The scheme's letter case does
 * not matter (RFC 9110, 11.1).
 */
export function bearerToken({ authorization }: IncomingHttpHeaders): string | undefined {
  return /^bearer +(\S.*)$/i.exec(authorization ?? '')?.[1]?.trimEnd()
}
