export const exampleLoginStatus = {
  access_token: '4DFCF1D4C30B4D798ECE3AE43769F008',
  expires_at: '2017-07-21T17:32:28Z',
  expires_in: 1800,
  role: 'StandardUser',
}

export const exampleTokens = {
  access_token: 'NGFHYTBINGMTN2Y5NY0ZZJK2LWJJM2QTMMM0YTFIYJC0NDAZ',
  expires_in: 1800,
  refresh_token: 'MTQ0NGE5M2UTMWE1MY01ZGJKLWIZY2QTMJJMZJU5MJVLNTDI',
  token_type: 'Bearer',
}

export const exampleAuthTokens = {
  token_type: 'Bearer',
  access_token: exampleTokens.access_token,
  refresh_token: exampleTokens.refresh_token,
  expires_in: 1800,
}

export const exampleAuthUser = { role: 'StandardUser', password_verified: true, password_force_reset: false }

export const exampleUser = {
  id: 'NzAwNTUxOTA5NzczMTQ4MTYw',
  name: 'alice.w',
  email: 'example@example.com',
  display_name: 'Alice Wong',
  role: 'StandardUser',
}

export const exampleInfo = {
  web_domain: 'example.com',
  private_ipv4: '127.0.0.1',
  public_ipv4: '127.0.0.1',
  enable_ipv6: false,
  private_ipv6: '::1',
  public_ipv6: '::1',
  primary_dns_server: '127.0.0.1',
  secondary_dns_server: '127.0.0.1',
  name: 'example',
  domain: 'example.com',
  website: 'example.com',
  avatar_url: 'avatar.com/avatar',
  enable_ms365_integration: false,
  ms365_authorization_endpoint: '/ms365',
}
