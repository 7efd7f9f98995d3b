import type { IncomingHttpHeaders } from 'node:http'

/** The token of `Authorization: Bearer <token>`; the scheme's letter case does not matter (RFC 9110, 11.1). */
export function bearerToken({ authorization }: IncomingHttpHeaders): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
}
