import type { Static } from '@sinclair/typebox'
import { rfc3339 } from '../../core/clock.js'
import type { Facts, PortsipAccount } from './fixture.js'
import type { AuthTokens, AuthUser, LoginStatus, SystemInfo, TenantInfo, User } from './wire.js'

/** Whole seconds until `expiresAt`, a begun one included: 1800 straight after login. */
export const secondsLeft = (expiresAt: number, now: number): number => Math.ceil((expiresAt - now) / 1000)

export function loginStatus(
  { accessToken, expiresAt, account }: { accessToken: string; expiresAt: number; account: PortsipAccount },
  now: number,
): Static<typeof LoginStatus> {
  return {
    access_token: accessToken,
    expires_at: rfc3339(expiresAt),
    expires_in: secondsLeft(expiresAt, now),
    role: account.profile.role,
  }
}

export const authTokens = (
  { accessToken, refreshToken, expiresAt }: { accessToken: string; refreshToken: string; expiresAt: number },
  now: number,
): Static<typeof AuthTokens> => ({
  token_type: 'Bearer',
  access_token: accessToken,
  refresh_token: refreshToken,
  expires_in: secondsLeft(expiresAt, now),
})

/** Every token here was given for a password, and nobody is made to change theirs. */
export const authUser = ({ profile }: PortsipAccount): Static<typeof AuthUser> => ({
  role: profile.role,
  password_verified: true,
  password_force_reset: false,
})

export function user({ id, profile }: PortsipAccount): Static<typeof User> {
  return {
    id,
    name: profile.username,
    email: profile.email,
    display_name: profile.display_name,
    role: profile.role,
  }
}

export function systemInfo(system: Facts['system']): Static<typeof SystemInfo> {
  return {
    web_domain: system.web_domain ?? null,
    private_ipv4: system.private_ipv4 ?? null,
    public_ipv4: system.public_ipv4 ?? null,
    enable_ipv6: system.enable_ipv6 ?? true,
    private_ipv6: system.private_ipv6 ?? null,
    public_ipv6: system.public_ipv6 ?? null,
    primary_dns_server: system.primary_dns_server ?? null,
    secondary_dns_server: system.secondary_dns_server ?? null,
  }
}

export function tenantInfo(system: Facts['system'], tenant: Facts['tenants'][number]): Static<typeof TenantInfo> {
  return {
    ...systemInfo(system),
    name: tenant.name,
    domain: tenant.domain,
    website: tenant.website ?? null,
    avatar_url: tenant.avatar_url ?? null,
    enable_ms365_integration: tenant.enable_ms365_integration ?? false,
    ms365_authorization_endpoint: tenant.ms365_authorization_endpoint ?? null,
  }
}
