import type { IncomingHttpHeaders } from 'node:http'

/**
 * What follows `Bearer ` in the header, be it a token or not; nothing is no credential. The scheme's letter case does
 * not matter (RFC 9110, 11.1). `JwtBearerHandler` of ASP.NET Core cuts it out in the same way.
 */
export function bearerToken({ authorization = '' }: IncomingHttpHeaders): string | undefined {
  return /^bearer (.*)$/i.exec(authorization)?.[1]?.trim() || undefined
}

/** The headers that present a bearer token. */
export const bearer = (text: string): { readonly authorization: string } => ({ authorization: `Bearer ${text}` })
